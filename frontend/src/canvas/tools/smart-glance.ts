/** What a click would find, shown while the pointer rests; only where asking costs next to nothing. */

import { toPair, type ImagePoint, type Size } from '../geometry/points';
import type { Spans } from '../geometry/spans';
import type { SmartProvider, SmartRequest } from './smart-provider';
import { SmartAsking } from './smart-asking';

/** A pointer that rests this long wants to know, milliseconds. */
export const GLANCE_AFTER_MS = 140;
/** A glance must not be felt: a click elsewhere waits for it. */
const GLANCE_MAX_MS = 160;

export class SmartGlance {
  spans: Spans | null = null;
  private readonly asking = new SmartAsking();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly touch: () => void) {}

  /** The pointer moved: what was shown is of another place. */
  at(provider: SmartProvider, point: ImagePoint, view: SmartRequest['view'], size: Size): void {
    this.stop();
    const { x, y } = point;
    if (x < 0 || y < 0 || x > size.width || y > size.height || provider.spareMs() > GLANCE_MAX_MS) return;
    const prompts = [{ at: toPair(point), inside: true }];
    this.timer = setTimeout(() => {
      this.asking.ask(provider, { prompts, box: null, view, memory: null, isGlance: true }, (answer) => {
        this.spans = answer?.candidates[0]?.spans ?? null;
        this.touch();
      });
    }, GLANCE_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.asking.stop();
    this.spans = null;
  }
}
