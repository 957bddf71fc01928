/** The grips of the selection: those of its shape for one, eight and a turn for several. */

import type { Item } from '../document/items';
import { distance, type ImagePoint, type ScreenPoint } from '../geometry/points';
import { isTurnable } from '../geometry/rotate';
import { boxGrow } from '../geometry/box';
import { shapeBounds, shapesBounds, type Shape, type ShapeType } from '../geometry/shape';
import { boxShape } from '../geometry/shapes/box';
import { toScreen, type Viewport } from '../viewport/viewport';
import { BOX_GRIPS, boxHandles } from './grips/box';
import { ELLIPSE_GRIPS } from './grips/ellipse';
import type { GripKind, Handle, PointHandle } from './grips/grip';
import { POINTS_GRIPS, POLYGON_GRIPS, POLYLINE_GRIPS } from './grips/paths';
import { CUBOID_GRIPS, SKELETON_GRIPS } from './grips/solids';
import { REACH_PX } from './tool';

/** Shapes with grips of their own; masks are stretched by their bounds. */
const KINDS: { readonly [T in ShapeType]: GripKind<Extract<Shape, { type: T }>> | null } = {
  box: BOX_GRIPS,
  polygon: POLYGON_GRIPS,
  polyline: POLYLINE_GRIPS,
  points: POINTS_GRIPS,
  ellipse: ELLIPSE_GRIPS,
  cuboid: CUBOID_GRIPS,
  skeleton: SKELETON_GRIPS,
  mask: null,
};

export const gripsOf = (shape: Shape): GripKind<Shape> | null =>
  KINDS[shape.type] as unknown as GripKind<Shape> | null;

export function handlesOf(items: readonly Item[], view: Viewport): Handle[] {
  const free = items.filter((item) => !item.locked);
  const [only] = free;
  if (free.length === 1 && only) {
    const own = gripsOf(only.shape);
    if (own) return [...own.handles(only.shape, view), ...frameHandles(only.shape, view)];
  }
  const bounds = shapesBounds(free.map((item) => item.shape));
  const turnable = free.length > 1 && free.every((item) => isTurnable(item.shape));
  return bounds ? boxHandles(boxShape(bounds), view, turnable) : [];
}

/** Boxes and ellipses have their own; a frame on anything smaller would hide it, CSS pixels. */
const FRAMED_MIN_PX = 48;
/** The frame keeps off the points of the shape, CSS pixels. */
const FRAME_PX = 14;

/** Four corners to stretch a shape of points by as a whole, and one to turn it by. */
function frameHandles(shape: Shape, view: Viewport): Handle[] {
  if (shape.type === 'box' || shape.type === 'ellipse') return [];
  const bounds = shapeBounds(shape);
  const side = Math.max(bounds.x2 - bounds.x1, bounds.y2 - bounds.y1) * view.scale;
  if (side < FRAMED_MIN_PX) return [];
  const frame = boxShape(boxGrow(bounds, FRAME_PX / view.scale));
  return boxHandles(frame, view, true).filter(
    (handle) =>
      handle.kind === 'rotate' || (handle.kind === 'resize' && handle.dir[0] !== 0 && handle.dir[1] !== 0),
  );
}

export function hitHandle(handles: readonly Handle[], view: Viewport, at: ScreenPoint): Handle | null {
  let best: Handle | null = null;
  let nearest = REACH_PX;
  for (const handle of handles) {
    const off = distance(toScreen(view, handle.at), at);
    if (off < nearest) [best, nearest] = [handle, off];
  }
  return best;
}

/** The shape with one of its own grips dragged; null where it is not its own. */
export function dragHandle(shape: Shape, handle: Handle, to: ImagePoint, snap: boolean): Shape | null {
  return gripsOf(shape)?.drag(shape, handle, to, snap) ?? null;
}

/** Alt-click: the shape less a point, or the keypoint's next state. */
export function alterPoint(shape: Shape, handle: PointHandle): Shape | null {
  return gripsOf(shape)?.alter?.(shape, handle) ?? null;
}
