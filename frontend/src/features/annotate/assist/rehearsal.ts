/**
 * What a hand does first on a page, played before it comes: a box, its correction, a click. Until the browser has compiled
 * all of it well, the graph and what is around it take several times as long: SAM's 700 ms, 300 then.
 */
import type { Size } from '@/canvas/geometry/points';

import type { Prompts } from './prompts';

/** Questions of one kind until their code is fast. */
const ROUNDS = 2;

type Step = (size: Size) => Prompts;
/** Asks; the number of the best answer, which the next question corrects. */
export type Asks = (prompts: Prompts, before: number | null) => Promise<number | null>;

const place = ({ width, height }: Size, share: number): readonly [number, number] => [
  width * share,
  height * share,
];
const middle = (size: Size): Prompts['box'] => {
  const [[x1, y1], [x2, y2]] = [place(size, 0.25), place(size, 0.75)];
  return { x1, y1, x2, y2 };
};
const box: Step = (size) => ({ points: [], box: middle(size), view: null });
const corrected: Step = (size) => ({ ...box(size), points: [{ at: place(size, 0.3), inside: false }] });
const click: Step = (size) => ({ points: [{ at: place(size, 0.5), inside: true }], box: null, view: null });
const STEPS: readonly Step[] = [box, corrected, click];

/** Once a worker: the code stays compiled over pictures. */
export class Rehearsal {
  private done = 0;
  private last: number | null = null;

  /** The round in which nearly all is compiled. */
  get isFirst(): boolean {
    return this.done < STEPS.length;
  }

  get isOver(): boolean {
    return this.done >= ROUNDS * STEPS.length;
  }

  /** `size`: of the whole picture. */
  async next(size: Size, asks: Asks): Promise<void> {
    const step = STEPS[this.done % STEPS.length] ?? click;
    this.done += 1;
    this.last = await asks(step(size), step === corrected ? this.last : null);
  }
}
