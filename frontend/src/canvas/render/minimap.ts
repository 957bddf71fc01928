/** The whole picture small in a corner, with a frame round what is in view; only where not all of it is. */

import type { Box } from '../geometry/box';
import { clamp, type ScreenPoint, type Size } from '../geometry/points';
import { visibleBox, type Viewport } from '../viewport/viewport';

/** The longer side, and the distance from the corner, CSS pixels. */
const SIDE_PX = 168;
const MARGIN_PX = 12;
/** Smaller containers have no room for it. */
const ROOM_MIN_PX = 420;

export type Minimap = {
  /** Where it lies in the container, CSS pixels. */
  readonly frame: Box;
  /** CSS pixels of the minimap per picture pixel. */
  readonly scale: number;
};

/** Null where the whole picture is in view, or there is no room. */
export function minimapOf(view: Viewport, size: Size): Minimap | null {
  const shown = visibleBox(view);
  const all = shown.x1 <= 0 && shown.y1 <= 0 && shown.x2 >= size.width && shown.y2 >= size.height;
  if (all || Math.min(view.width, view.height) < ROOM_MIN_PX) return null;
  const scale = SIDE_PX / Math.max(size.width, size.height);
  const [x2, y2] = [view.width - MARGIN_PX, view.height - MARGIN_PX];
  return { frame: { x1: x2 - size.width * scale, y1: y2 - size.height * scale, x2, y2 }, scale };
}

/** The view with the place under `at` on the minimap in its middle. */
export function viewFrom({ frame, scale }: Minimap, view: Viewport, size: Size, at: ScreenPoint): Viewport {
  const x = clamp((at.x - frame.x1) / scale, 0, size.width);
  const y = clamp((at.y - frame.y1) / scale, 0, size.height);
  return { ...view, x: view.width / 2 - x * view.scale, y: view.height / 2 - y * view.scale };
}

/** Small copies by picture: drawing a large one small at every frame would cost as much as the gesture. */
const copies = new WeakMap<object, HTMLCanvasElement>();

function copyOf(image: CanvasImageSource, width: number, height: number): HTMLCanvasElement | null {
  let copy = copies.get(image);
  if (!copy) {
    copy = document.createElement('canvas');
    const sharp = Math.min(2, window.devicePixelRatio || 1);
    copy.width = Math.max(1, Math.round(width * sharp));
    copy.height = Math.max(1, Math.round(height * sharp));
    const ctx = copy.getContext('2d');
    if (!ctx) return null;
    ctx.imageSmoothingQuality = 'medium';
    ctx.drawImage(image, 0, 0, copy.width, copy.height);
    copies.set(image, copy);
  }
  return copy;
}

/** The context is in CSS pixels. */
export function paintMinimap(
  ctx: CanvasRenderingContext2D,
  map: Minimap,
  view: Viewport,
  image: CanvasImageSource | null,
): void {
  const { frame, scale } = map;
  const [width, height] = [frame.x2 - frame.x1, frame.y2 - frame.y1];
  ctx.fillStyle = 'rgba(8, 11, 15, 0.8)';
  ctx.fillRect(frame.x1 - 3, frame.y1 - 3, width + 6, height + 6);
  const copy = image && copyOf(image, width, height);
  if (copy) ctx.drawImage(copy, frame.x1, frame.y1, width, height);
  const shown = visibleBox(view);
  const at = (value: number, start: number, low: number, high: number): number =>
    clamp(start + value * scale, low, high);
  const x1 = at(shown.x1, frame.x1, frame.x1, frame.x2);
  const x2 = at(shown.x2, frame.x1, frame.x1, frame.x2);
  const y1 = at(shown.y1, frame.y1, frame.y1, frame.y2);
  const y2 = at(shown.y2, frame.y1, frame.y1, frame.y2);
  for (const [style, line] of [
    ['rgba(8, 11, 15, 0.8)', 3],
    ['#ffffff', 1.5],
  ] as const) {
    ctx.strokeStyle = style;
    ctx.lineWidth = line;
    ctx.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
}
