/** What a drag makes of the selected shapes: moved, resized alone or as a group, turned, a vertex shifted. */

import type { Item } from '../document/items';
import { boundedShift, type Box } from '../geometry/box';
import type { ImagePoint, Size } from '../geometry/points';
import {
  clampToImage,
  scaleShape,
  shapesBounds,
  translateShape,
  type Shape,
  type ShapeType,
} from '../geometry/shape';
import { moveVertex, resizeBox, turnBox, type Direction, type Handle } from './handles';

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

/** Shapes with grips of their own; the others are stretched by their bounds. */
const BY_HAND: readonly ShapeType[] = ['box', 'polygon'];

/** The new shapes by item id; empty where the handle does not fit the selection. */
export function reshape(kind: Reshaping, handle: Handle | null, stretch: Stretch): Map<string, Shape> {
  if (kind === 'moving') return moved(stretch);
  const { items } = stretch;
  const to = clampToImage(stretch.to, stretch.size);
  const [only] = items;
  if (!only || !handle) return new Map();
  if (items.length > 1 || !BY_HAND.includes(only.shape.type)) {
    return handle.kind === 'resize' ? stretched(items, handle.dir, to) : new Map();
  }
  const shape = reshaped(only.shape, handle, handle.kind === 'rotate' ? stretch.to : to, stretch.snap);
  return new Map(shape ? [[only.id, shape]] : []);
}

function moved({ items, from, to, size }: Stretch): Map<string, Shape> {
  const bounds = shapesBounds(items.map((item) => item.shape));
  const [dx, dy] = bounds ? boundedShift(bounds, to.x - from.x, to.y - from.y, size) : [0, 0];
  return new Map(items.map((item) => [item.id, translateShape(item.shape, dx, dy)]));
}

function reshaped(shape: Shape, handle: Handle, to: ImagePoint, snap: boolean): Shape | null {
  if (shape.type === 'polygon') {
    return handle.kind === 'vertex' || handle.kind === 'midpoint' ? moveVertex(shape, handle, to) : null;
  }
  if (shape.type !== 'box') return null;
  if (handle.kind === 'resize') return resizeBox(shape, handle.dir, to);
  return handle.kind === 'rotate' ? turnBox(shape, to, snap) : null;
}

/** A group keeps at least a pixel: it is not flipped, its members would swap places. */
function stretched(items: readonly Item[], [hx, hy]: Direction, to: ImagePoint): Map<string, Shape> {
  const from = shapesBounds(items.map((item) => item.shape));
  if (!from) return new Map();
  const target: Box = {
    x1: hx < 0 ? Math.min(to.x, from.x2 - 1) : from.x1,
    y1: hy < 0 ? Math.min(to.y, from.y2 - 1) : from.y1,
    x2: hx > 0 ? Math.max(to.x, from.x1 + 1) : from.x2,
    y2: hy > 0 ? Math.max(to.y, from.y1 + 1) : from.y2,
  };
  return new Map(items.map((item) => [item.id, scaleShape(item.shape, from, target)]));
}
