/**
 * What a press would ask if it ended now, asked before it ends: a hand holds a click, and rests at a box's far corner,
 * for about as long as an answer takes. The provider keeps the answer for the question that follows.
 */

import type { SmartProvider } from './smart-provider';
import { SmartAsking, type Question } from './smart-asking';

/** A drag that rests this long may be at its end, milliseconds. */
export const DRAG_RESTS_MS = 40;
/** A press that becomes a drag lasts as long as this; a drag that goes on after a rest may be over sooner. */
const [CLICK_MAX_MS, DRAG_MAX_MS] = [400, 160];
/** A press that is a drag moves by then, milliseconds. */
export const DRAG_BEGINS_MS = 40;
/** What a drag asks waits for an answer nobody wants any more: where one takes this long, it is not asked for in vain. */
const IN_VAIN_MAX_MS = 100;

export class SmartEarly {
  private readonly asking = new SmartAsking();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** A press began, which as a click asks this; `mayDrag`: it may still become a box. */
  click(provider: SmartProvider, question: Question, mayDrag: boolean): void {
    this.stop();
    const ask = (): void => this.ask(provider, question, CLICK_MAX_MS);
    if (mayDrag && provider.spareMs() > IN_VAIN_MAX_MS) this.timer = setTimeout(ask, DRAG_BEGINS_MS);
    else ask();
  }

  /** The press is a drag now, and moved. */
  drag(provider: SmartProvider, question: Question): void {
    this.stop();
    this.timer = setTimeout(() => this.ask(provider, question, DRAG_MAX_MS), DRAG_RESTS_MS);
  }

  /** Nothing more is asked; what is asked already goes on, for the press that has ended. */
  hold(): void {
    clearTimeout(this.timer);
  }

  stop(): void {
    this.hold();
    this.asking.stop();
  }

  private ask(provider: SmartProvider, question: Question, maxMs: number): void {
    if (provider.spareMs() <= maxMs)
      this.asking.ask(provider, { ...question, isGlance: true }, () => undefined);
  }
}
