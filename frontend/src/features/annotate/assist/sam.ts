/** Segment Anything's mask decoder in the browser: mirrors `ml/inference/sam_decoder.py`. */
import type { Size } from '@/canvas/geometry/points';

import { placed } from './placed';
import { softOf } from './draw';
import type { Before, Place, Prompts, Reading } from './prompts';

/** Mask 0 answers a prompt that says what is meant; 1 to 3 are part, object and whole of a lone click. */
const MASKS = 4;
const ANSWERS = 3;
/** The pixels of an object as logits: sure, but not so sure that clicks cannot change it. */
const SURE_LOGIT = 8;

export type SamInputs = {
  readonly points: Float32Array<ArrayBuffer>;
  readonly labels: Float32Array<ArrayBuffer>;
  readonly before: Float32Array<ArrayBuffer> | null;
};
/** Logits (4, `low`, `low`) and estimated IoUs (4) for prompts on one picture's embedding. */
export type RunSam = (inputs: SamInputs) => Promise<{ masks: Float32Array; scores: Float32Array }>;

export class SamDecoder {
  /**
   * `side`: of the model's square input; `low`: of its masks. `picture`: what was encoded, it may be a smaller copy of
   * the `whole` in whose pixels the answers are.
   */
  constructor(
    private readonly run: RunSam,
    private readonly side: number,
    private readonly low: number,
    private readonly picture: Size,
    private readonly whole: Size = picture,
  ) {}

  /** Three masks, best first: for a lone click its three readings, else the one that is meant before the rest. */
  async decode(prompts: Prompts, given: Before<Float32Array>): Promise<Reading<Float32Array>[]> {
    const before = this.before(given);
    const { masks, scores } = await this.run({ ...this.points(prompts), before });
    const others = [1, 2, 3].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    const isLone = prompts.points.length === 1 && !prompts.box && !before;
    const order = isLone ? others : [0, ...others].slice(0, ANSWERS);
    const plane = this.low ** 2;
    return order
      .filter((k) => k < MASKS)
      .map((k) => {
        const kept = masks.slice(k * plane, (k + 1) * plane);
        const score = Math.min(1, Math.max(0, scores[k] ?? 0));
        return { spans: placed(kept, this.low, this.lie(), 0, this.whole), score, kept };
      });
  }

  private inner(): Size {
    const { width, height } = this.picture;
    const scale = this.side / Math.max(width, height);
    const px = (length: number): number => Math.max(Math.floor(length * scale + 0.5), 1);
    return { width: px(width), height: px(height) };
  }

  private lie() {
    const { width, height } = this.whole;
    const inner = this.inner();
    const unit = this.low / this.side;
    const [unitX, unitY] = [(inner.width / width) * unit, (inner.height / height) * unit];
    return { left: 0, top: 0, unitX, unitY, right: width, bottom: height };
  }

  private before(given: Before<Float32Array>): Float32Array<ArrayBuffer> | null {
    if (!given) return null;
    if ('kept' in given) return Float32Array.from(given.kept);
    const longest = Math.max(this.picture.width, this.picture.height);
    const soft = softOf(given.spans, { left: 0, top: 0, side: longest }, this.low);
    return Float32Array.from(soft, (share) => (2 * share - 1) * SURE_LOGIT);
  }

  private points({ points, box }: Prompts): Pick<SamInputs, 'points' | 'labels'> {
    const inner = this.inner();
    const [sx, sy] = [inner.width / this.picture.width, inner.height / this.picture.height];
    const places: Place[] = points.map(({ at }) => at);
    const labels: number[] = points.map(({ inside }) => (inside ? 1 : 0));
    if (box) {
      places.push([box.x1, box.y1], [box.x2, box.y2]);
      labels.push(2, 3);
    }
    // Ours are continuous (a pixel's centre is .5), the model's count pixels (a centre is whole).
    const found = places.flatMap(([x, y]) => [x * sx - 0.5, y * sy - 0.5]);
    // The model was trained with a point that is none where there is no box.
    if (!box) found.push(0, 0);
    if (!box) labels.push(-1);
    return { points: Float32Array.from(found), labels: Float32Array.from(labels) };
  }
}
