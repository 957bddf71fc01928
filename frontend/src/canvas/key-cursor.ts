/**
 * Drawing without a mouse: arrows move a cursor over the picture, Enter presses there; Enter twice on one spot
 * ends the shape. Brushes are held: Enter puts them down, Enter lifts them. Image pixels.
 */

import { clampToImage } from './geometry/shape';
import { imagePoint, screenPoint, type ImagePoint, type ScreenPoint, type Size } from './geometry/points';
import { toImage, toScreen, type Viewport } from './viewport/viewport';

/** The cursor stays this far inside the container; nearer to its edge the picture moves along, CSS pixels. */
const EDGE_PX = 32;

/** One step: a picture pixel, or where the picture is shown smaller, what is about a screen pixel. */
export function stepPx(scale: number): number {
  return Math.max(1, Math.round(1 / scale));
}

/** How far the picture must be moved so that the point is well in sight. */
export function intoSight(view: Viewport, point: ImagePoint): { dx: number; dy: number } {
  const { x, y } = toScreen(view, point);
  const off = (at: number, room: number): number => {
    if (at < EDGE_PX) return EDGE_PX - at;
    return at > room - EDGE_PX ? room - EDGE_PX - at : 0;
  };
  return { dx: off(x, view.width), dy: off(y, view.height) };
}

export class KeyCursor {
  /** Where it is, null while a mouse or a finger leads. */
  at: ImagePoint | null = null;
  private pressedAt: ImagePoint | null = null;
  private isHeld = false;

  /** Moves by steps of `stepPx`. It starts where the pointer was last, or in the middle of the view. */
  move(view: Viewport, size: Size, dx: number, dy: number, from: ScreenPoint | null): ImagePoint {
    const step = stepPx(view.scale);
    const start = this.at ?? this.startAt(view, from);
    const next = clampToImage(imagePoint(start.x + dx * step, start.y + dy * step), size);
    this.at = next;
    return next;
  }

  /** What Enter does here: press and release, end the shape (pressed on this spot before), hold or let go. */
  press(holds: boolean): 'click' | 'end' | 'down' | 'up' {
    if (holds) {
      this.isHeld = !this.isHeld;
      return this.isHeld ? 'down' : 'up';
    }
    const again = this.pressedAt !== null && this.pressedAt === this.at;
    this.pressedAt = again ? null : this.at;
    return again ? 'end' : 'click';
  }

  /** What was under way is over: the next Enter is a first one. */
  rest(): void {
    this.isHeld = false;
    this.pressedAt = null;
  }

  /** A mouse or a finger leads. Returns whether the cursor was out. */
  leave(): boolean {
    const was = this.at !== null;
    this.at = null;
    this.rest();
    return was;
  }

  /** Whole pixels: what is drawn by counted steps should land on round numbers. */
  private startAt(view: Viewport, from: ScreenPoint | null): ImagePoint {
    const { x, y } = toImage(view, from ?? screenPoint(view.width / 2, view.height / 2));
    return imagePoint(Math.round(x), Math.round(y));
  }
}
