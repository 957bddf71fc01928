/** The assist that ships with the program, in the browser: mirrors `ml/inference/assist_segmenter.py`. */
import type { Size } from '@/canvas/geometry/points';
import type { Spans } from '@/canvas/geometry/spans';

import { cropPlanes } from './crop';
import { drawBox, drawClick, moved, softOf, toInput } from './draw';
import { placed } from './placed';
import type { Answer, Before, Pixels, Prompts, Reading } from './prompts';
import { sizesOf, windowOfBox, windowsFor, within, type InputSizes, type Window } from './window';

const CHANNELS = 7;
const [CLICKS_IN, CLICKS_OUT, BOX, BEFORE] = [3, 4, 5, 6];
/** The answer, then a tight and a loose reading of it. */
const THRESHOLDS = [0.5, 0.7, 0.3] as const;
/** Windows cut out and scaled before: a correction looks at the same one again. */
const CROPS_KEPT = 8;

/** `image` (7, S, S) in; `mask` (S, S) and the network's estimate of its IoU out. */
export type RunNetwork = (
  image: Float32Array,
  size: number,
) => Promise<{ mask: Float32Array; score: number }>;

/** What one question is about. `picture` may be a smaller copy of the `whole`, in whose pixels answers are. */
type Asked = { readonly picture: Pixels; readonly prompts: Prompts; readonly before: Answer | null };

/** Asked between two passes: whether somebody still waits. */
export type Wanted = () => Promise<boolean>;

export class AssistNetwork {
  private readonly crops = new Map<string, Float32Array>();
  private readonly sizes: InputSizes;
  private cropsOf: Pixels | null = null;

  /** `full`: side of the input the network was made for; `isFixed`: it takes no other. */
  constructor(
    private readonly run: RunNetwork,
    full: number,
    isFixed: boolean,
  ) {
    this.sizes = sizesOf(full, isFixed);
  }

  /** A pass over nothing of each size: the first real one then costs what the others do. */
  async warmUp(): Promise<void> {
    const { coarse, quick, full } = this.sizes;
    for (const size of new Set([coarse, quick, full])) await this.blank(size);
  }

  private async blank(size: number): Promise<void> {
    await this.run(new Float32Array(CHANNELS * size ** 2), size);
  }

  /** Three readings, best first: of one answer, or of the windows that promise most. None where nobody waits any more. */
  async decode(
    picture: Pixels,
    prompts: Prompts,
    given: Before<Answer>,
    whole: Size = picture,
    wanted: Wanted = () => Promise.resolve(true),
  ): Promise<Reading<Answer>[]> {
    const before = this.before(picture, prompts, given);
    const answers = await this.best({ picture, prompts, before }, wanted);
    const [best] = answers;
    if (!best) return [];
    const read: [Answer, number][] = answers.slice(0, THRESHOLDS.length).map((each) => [each, THRESHOLDS[0]]);
    const more = THRESHOLDS.slice(1, 1 + THRESHOLDS.length - read.length);
    read.push(...more.map((threshold): [Answer, number] => [best, threshold]));
    return read
      .map(([answer, threshold]) => ({
        spans: placedAnswer(answer, threshold, picture, whole),
        score: answer.score * agreement(answer.soft, threshold),
        kept: answer,
      }))
      .sort((a, b) => b.score - a.score);
  }

  private before(picture: Pixels, { box }: Prompts, given: Before<Answer>): Answer | null {
    if (!given) return null;
    if ('kept' in given) return given.kept;
    const window = box && windowOfBox(within(box, picture));
    const size = this.sizes.quick;
    return window ? { window, soft: softOf(given.spans, window, size), size, score: 0 } : null;
  }

  /** The answers for the windows, the most promising first. */
  private async best(asked: Asked, wanted: Wanted): Promise<Answer[]> {
    const { prompts, before, picture } = asked;
    const { coarse, quick, full } = this.sizes;
    const windows = windowsFor(prompts, before, picture);
    const size = windows.length > 1 ? coarse : prompts.box && !before ? full : quick;
    const found: Answer[] = [];
    for (const window of windows) {
      // A later question may have come meanwhile: it need not wait for the rest of this one.
      if (found.length > 0 && !(await wanted())) return [];
      found.push(await this.answer(asked, window, size));
    }
    return found.sort((a, b) => b.score - a.score);
  }

  private async answer(asked: Asked, window: Window, size: number): Promise<Answer> {
    const { mask, score } = await this.run(this.image(asked, window, size), size);
    return { window, soft: mask, size, score };
  }

  private image({ picture, prompts, before }: Asked, window: Window, size: number): Float32Array {
    const image = new Float32Array(CHANNELS * size ** 2);
    const plane = (channel: number): Float32Array =>
      image.subarray(channel * size ** 2, (channel + 1) * size ** 2);
    image.set(this.crop(picture, window, size));
    for (const { at, inside } of prompts.points) {
      const [x, y] = toInput(window, at, size);
      if (x < 0 || x > size || y < 0 || y > size) continue;
      drawClick(plane(inside ? CLICKS_IN : CLICKS_OUT), size, [x, y]);
    }
    if (prompts.box) {
      const box = within(prompts.box, picture);
      const [x1, y1] = toInput(window, [box.x1, box.y1], size);
      const [x2, y2] = toInput(window, [box.x2, box.y2], size);
      drawBox(plane(BOX), size, { x1, y1, x2, y2 });
    }
    if (before) moved(before, window, size, plane(BEFORE));
    return image;
  }

  private crop(picture: Pixels, window: Window, size: number): Float32Array {
    if (this.cropsOf !== picture) this.crops.clear();
    this.cropsOf = picture;
    const name = `${window.left},${window.top},${window.side},${size}`;
    const found = this.crops.get(name) ?? new Float32Array(3 * size ** 2);
    if (!this.crops.delete(name)) cropPlanes(picture, window, size, found);
    this.crops.set(name, found);
    const [oldest] = this.crops.keys();
    if (this.crops.size > CROPS_KEPT && oldest !== undefined) this.crops.delete(oldest);
    return found;
  }
}

/** IoU of the answer with its reading at `threshold`; 1 where both are empty. */
function agreement(soft: Float32Array, threshold: number): number {
  let [both, either] = [0, 0];
  for (const value of soft) {
    const inAnswer = value >= THRESHOLDS[0];
    const inReading = value >= threshold;
    if (inAnswer && inReading) both += 1;
    if (inAnswer || inReading) either += 1;
  }
  return either ? both / either : 1;
}

function placedAnswer({ window, soft, size }: Answer, threshold: number, seen: Size, whole: Size): Spans {
  const [byX, byY] = [whole.width / seen.width, whole.height / seen.height];
  const { left, top, side } = window;
  const unit = size / side;
  const lie = {
    left: left * byX,
    top: top * byY,
    unitX: unit / byX,
    unitY: unit / byY,
    right: Math.round((left + side) * byX),
    bottom: Math.round((top + side) * byY),
  };
  return placed(soft, size, lie, threshold, whole);
}
