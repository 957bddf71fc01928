/** What a drag makes of the selected shapes: moved, resized alone or as a group, turned, a point shifted. */

import type { Item } from '../document/items';
import { boundedShift, boxCentre, type Box } from '../geometry/box';
import type { ImagePoint, Size } from '../geometry/points';
import { rotateShape } from '../geometry/rotate';
import { clampToImage, scaleShape, shapesBounds, translateShape, type Shape } from '../geometry/shape';
import { turnTowards } from './grips/box';
import type { Handle } from './grips/grip';
import { dragHandle } from './handles';

export type Reshaping = 'moving' | 'resizing' | 'rotating' | 'vertex';

export type Stretch = {
  /** Unlocked items only. */
  readonly items: readonly Item[];
  readonly from: ImagePoint;
  readonly to: ImagePoint;
  readonly size: Size;
  /** Turn in steps of 15 degrees. */
  readonly snap: boolean;
};

type Resize = Extract<Handle, { kind: 'resize' }>;

/** The new shapes by item id; empty where the handle does not fit the selection. */
export function reshape(kind: Reshaping, handle: Handle | null, stretch: Stretch): Map<string, Shape> {
  if (kind === 'moving') return moved(stretch);
  const { items } = stretch;
  const to = clampToImage(stretch.to, stretch.size);
  const [only] = items;
  if (!only || !handle) return new Map();
  const own =
    items.length === 1
      ? dragHandle(only.shape, handle, handle.kind === 'rotate' ? stretch.to : to, stretch.snap)
      : null;
  if (own) return new Map([[only.id, own]]);
  if (handle.kind === 'rotate') return turned(stretch);
  return handle.kind === 'resize' ? stretched(items, handle, to) : new Map();
}

function moved({ items, from, to, size }: Stretch): Map<string, Shape> {
  const bounds = shapesBounds(items.map((item) => item.shape));
  const [dx, dy] = bounds ? boundedShift(bounds, to.x - from.x, to.y - from.y, size) : [0, 0];
  return new Map(items.map((item) => [item.id, translateShape(item.shape, dx, dy)]));
}

function turned({ items, to, snap }: Stretch): Map<string, Shape> {
  const bounds = shapesBounds(items.map((item) => item.shape));
  if (!bounds) return new Map();
  const centre = boxCentre(bounds);
  const degrees = turnTowards(centre, to, snap);
  return new Map(items.map((item) => [item.id, rotateShape(item.shape, centre, degrees)]));
}

/** A group keeps at least a pixel: it is not flipped, its members would swap places. */
function stretched(
  items: readonly Item[],
  { dir: [hx, hy], at }: Resize,
  pointer: ImagePoint,
): Map<string, Shape> {
  const from = shapesBounds(items.map((item) => item.shape));
  if (!from) return new Map();
  // The grip may lie outside of the corner that it stands for.
  const to = {
    x: pointer.x - (at.x - (hx < 0 ? from.x1 : from.x2)),
    y: pointer.y - (at.y - (hy < 0 ? from.y1 : from.y2)),
  };
  const target: Box = {
    x1: hx < 0 ? Math.min(to.x, from.x2 - 1) : from.x1,
    y1: hy < 0 ? Math.min(to.y, from.y2 - 1) : from.y1,
    x2: hx > 0 ? Math.max(to.x, from.x1 + 1) : from.x2,
    y2: hy > 0 ? Math.max(to.y, from.y1 + 1) : from.y2,
  };
  return new Map(items.map((item) => [item.id, scaleShape(item.shape, from, target)]));
}
