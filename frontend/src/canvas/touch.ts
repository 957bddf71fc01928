/**
 * What fingers mean: one is the tool's pointer, two move and zoom the picture, one held still is a press with
 * Alt. Pure: fingers in, steps out; the listener beside it owns the clock.
 * none → waiting → drawing → none; a second finger → pinching → spent → none; held → spent → none.
 */

import { distance, screenPoint, type ScreenPoint } from './geometry/points';
import { isDrag } from './tools/tool';

/** A finger held this long without moving is a long press, milliseconds. */
export const HOLD_MS = 500;

export type TouchStep =
  | {
      readonly do: 'pointer';
      readonly type: 'down' | 'move' | 'up';
      readonly at: ScreenPoint;
      readonly alt: boolean;
    }
  /** What the first finger began is dropped. */
  | { readonly do: 'interrupt' }
  /** The picture moves by `(dx, dy)` and then grows by `factor` about `at`, CSS pixels. */
  | {
      readonly do: 'view';
      readonly at: ScreenPoint;
      readonly factor: number;
      readonly dx: number;
      readonly dy: number;
    };

type Mode = 'none' | 'waiting' | 'drawing' | 'pinching' | 'spent';

const pointer = (type: 'down' | 'move' | 'up', at: ScreenPoint, alt = false): TouchStep => ({
  do: 'pointer',
  type,
  at,
  alt,
});

export class Touches {
  private readonly fingers = new Map<number, ScreenPoint>();
  private start: ScreenPoint = screenPoint(0, 0);
  private mode: Mode = 'none';

  /** Whether a finger rests that may still become a long press. */
  get isWaiting(): boolean {
    return this.mode === 'waiting';
  }

  /** A first finger does nothing yet: it may be the first of two. */
  down(id: number, at: ScreenPoint): TouchStep[] {
    this.fingers.set(id, at);
    if (this.mode === 'none') {
      this.mode = 'waiting';
      this.start = at;
      return [];
    }
    const began = this.mode === 'drawing';
    if (this.mode !== 'spent') this.mode = 'pinching';
    return began ? [{ do: 'interrupt' }] : [];
  }

  move(id: number, at: ScreenPoint): TouchStep[] {
    if (!this.fingers.has(id)) return [];
    const before = this.grip();
    this.fingers.set(id, at);
    const after = this.grip();
    if (this.mode === 'drawing') return [pointer('move', at)];
    if (this.mode === 'waiting' && isDrag(this.start, at)) {
      this.mode = 'drawing';
      return [pointer('move', this.start), pointer('down', this.start), pointer('move', at)];
    }
    if (this.mode !== 'pinching' || !before || !after) return [];
    const [dx, dy] = [after.at.x - before.at.x, after.at.y - before.at.y];
    // Two fingers on one spot have no ratio.
    const factor = before.span > 1 && after.span > 1 ? after.span / before.span : 1;
    return [{ do: 'view', at: after.at, factor, dx, dy }];
  }

  up(id: number, at: ScreenPoint): TouchStep[] {
    if (!this.fingers.delete(id)) return [];
    const { mode } = this;
    this.rest();
    // A move first: tools look at what is under the pointer before they are pressed.
    if (mode === 'waiting') return [pointer('move', at), pointer('down', at), pointer('up', at)];
    return mode === 'drawing' ? [pointer('up', at)] : [];
  }

  /** The finger has rested for `HOLD_MS`. */
  hold(): TouchStep[] {
    if (this.mode !== 'waiting') return [];
    this.mode = 'spent';
    const at = this.start;
    return [pointer('move', at), pointer('down', at, true), pointer('up', at, true)];
  }

  /** The system took the finger away. */
  cancel(id: number): TouchStep[] {
    if (!this.fingers.delete(id)) return [];
    const began = this.mode === 'drawing';
    this.rest();
    return began ? [{ do: 'interrupt' }] : [];
  }

  /** After a pinch the finger that stays longer draws nothing: all must be lifted first. */
  private rest(): void {
    this.mode = this.fingers.size === 0 ? 'none' : 'spent';
  }

  /** The middle and the spread of the first two fingers. */
  private grip(): { at: ScreenPoint; span: number } | null {
    const [a, b] = [...this.fingers.values()];
    if (!a || !b) return null;
    return { at: screenPoint((a.x + b.x) / 2, (a.y + b.y) / 2), span: distance(a, b) };
  }
}
