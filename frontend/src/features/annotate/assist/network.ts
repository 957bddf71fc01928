/** The assist that ships with the program, in the browser: mirrors `ml/inference/assist_segmenter.py`. */
import type { Size } from '@/canvas/geometry/points';
import type { Spans } from '@/canvas/geometry/spans';

import { cropPlanes } from './crop';
import { drawBox, drawClick, moved, softOf, toInput } from './draw';
import { placed } from './placed';
import type { Answer, Before, Pixels, Prompts, Reading } from './prompts';
import { windowOfBox, windowsFor, within, type Window } from './window';

const CHANNELS = 7;
const [CLICKS_IN, CLICKS_OUT, BOX, BEFORE] = [3, 4, 5, 6];
/** The answer, then a tight and a loose reading of it. */
const THRESHOLDS = [0.5, 0.7, 0.3] as const;
/** Windows cut out and scaled before: a correction looks at the same one again. */
const CROPS_KEPT = 6;

/** `images` (batch, 7, S, S) in; `masks` (batch, S, S) and `scores` (batch) out. */
export type RunNetwork = (
  images: Float32Array,
  batch: number,
) => Promise<{ masks: Float32Array; scores: Float32Array }>;

export class AssistNetwork {
  private readonly crops = new Map<string, Float32Array>();
  private cropsOf: Pixels | null = null;

  constructor(
    private readonly run: RunNetwork,
    private readonly size: number,
  ) {}

  /** One pass over nothing: the first real one then costs what the others do. */
  async warmUp(): Promise<void> {
    await this.run(new Float32Array(CHANNELS * this.size ** 2), 1);
  }

  /**
   * Three readings, best first: of one answer, or of the windows that promise most. Their pixels are those of `whole`,
   * of which `picture` may be a smaller copy.
   */
  async decode(
    picture: Pixels,
    prompts: Prompts,
    given: Before<Answer>,
    whole: Size = picture,
  ): Promise<Reading<Answer>[]> {
    const before = this.before(picture, prompts, given);
    const answers = await this.answers(picture, prompts, windowsFor(prompts, before, picture), before);
    const sorted = [...answers].sort((a, b) => b.score - a.score);
    const [best] = sorted;
    if (!best) return [];
    const read: [Answer, number][] = sorted.slice(0, THRESHOLDS.length).map((each) => [each, THRESHOLDS[0]]);
    const more = THRESHOLDS.slice(1, 1 + THRESHOLDS.length - read.length);
    read.push(...more.map((threshold): [Answer, number] => [best, threshold]));
    return read
      .map(([answer, threshold]) => ({
        spans: placedAnswer(answer, threshold, picture, whole),
        score: answer.score * agreement(answer.soft, answer.soft, threshold),
        kept: answer,
      }))
      .sort((a, b) => b.score - a.score);
  }

  private before(picture: Pixels, { box }: Prompts, given: Before<Answer>): Answer | null {
    if (!given) return null;
    if ('kept' in given) return given.kept;
    const window = box && windowOfBox(within(box, picture));
    return window
      ? { window, soft: softOf(given.spans, window, this.size), size: this.size, score: 0 }
      : null;
  }

  private async answers(
    picture: Pixels,
    prompts: Prompts,
    windows: readonly Window[],
    before: Answer | null,
  ): Promise<Answer[]> {
    const plane = this.size ** 2;
    const images = new Float32Array(windows.length * CHANNELS * plane);
    windows.forEach((window, index) => {
      const image = images.subarray(index * CHANNELS * plane, (index + 1) * CHANNELS * plane);
      this.draw(image, picture, prompts, window, before);
    });
    const { masks, scores } = await this.run(images, windows.length);
    return windows.map((window, index) => ({
      window,
      soft: masks.slice(index * plane, (index + 1) * plane),
      size: this.size,
      score: scores[index] ?? 0,
    }));
  }

  private draw(
    image: Float32Array,
    picture: Pixels,
    prompts: Prompts,
    window: Window,
    before: Answer | null,
  ): void {
    const { size } = this;
    const plane = (channel: number): Float32Array =>
      image.subarray(channel * size ** 2, (channel + 1) * size ** 2);
    image.set(this.crop(picture, window));
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
    if (before) moved(before, window, plane(BEFORE));
  }

  private crop(picture: Pixels, window: Window): Float32Array {
    if (this.cropsOf !== picture) this.crops.clear();
    this.cropsOf = picture;
    const name = `${window.left},${window.top},${window.side}`;
    const found = this.crops.get(name) ?? new Float32Array(3 * this.size ** 2);
    if (!this.crops.delete(name)) cropPlanes(picture, window, this.size, found);
    this.crops.set(name, found);
    const [oldest] = this.crops.keys();
    if (this.crops.size > CROPS_KEPT && oldest !== undefined) this.crops.delete(oldest);
    return found;
  }
}

/** IoU of `a` at the answer's threshold with `b` at `threshold`; 1 where both are empty. */
function agreement(a: Float32Array, b: Float32Array, threshold: number): number {
  let [both, either] = [0, 0];
  for (let at = 0; at < a.length; at += 1) {
    const inA = (a[at] ?? 0) >= THRESHOLDS[0];
    const inB = (b[at] ?? 0) >= threshold;
    if (inA && inB) both += 1;
    if (inA || inB) either += 1;
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
