/** Feeds the browser's touch pointers to `Touches` and its steps to the editor; owns the clock of the long press. */

import { screenPoint, type ScreenPoint } from './geometry/points';
import { HOLD_MS, Touches, type TouchStep } from './touch';

/** The part of the editor that fingers reach. */
export interface Touchable {
  touches(steps: readonly TouchStep[]): void;
}

/** A function that takes pointer events and answers whether they were a finger's, and so are dealt with. */
export function touchListener(
  container: HTMLElement,
  editor: Touchable,
  signal: AbortSignal,
): (event: PointerEvent) => boolean {
  const touches = new Touches();
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer));

  const stepsOf = (event: PointerEvent, at: ScreenPoint): TouchStep[] => {
    switch (event.type) {
      case 'pointerdown':
        return touches.down(event.pointerId, at);
      case 'pointermove':
        return touches.move(event.pointerId, at);
      case 'pointerup':
        return touches.up(event.pointerId, at);
      case 'pointercancel':
        return touches.cancel(event.pointerId);
      default:
        return [];
    }
  };

  return (event) => {
    if (event.pointerType !== 'touch') return false;
    const frame = container.getBoundingClientRect();
    const steps = stepsOf(event, screenPoint(event.clientX - frame.left, event.clientY - frame.top));
    if (steps.length) editor.touches(steps);
    if (event.type === 'pointerdown' || !touches.isWaiting) clearTimeout(timer);
    if (event.type === 'pointerdown' && touches.isWaiting) {
      timer = setTimeout(() => editor.touches(touches.hold()), HOLD_MS);
    }
    return true;
  };
}
