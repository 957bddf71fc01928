/** The grips of one shape, and what dragging one makes of it. One object per shape type, in the file of its name. */

import type { ImagePoint, Pair } from '../../geometry/points';
import { distance, fromPair } from '../../geometry/points';
import type { Shape } from '../../geometry/shape';
import { toScreen, type Viewport } from '../../viewport/viewport';

/** Which side or corner: -1 left/top, 0 middle, 1 right/bottom. */
export type Direction = readonly [-1 | 0 | 1, -1 | 0 | 1];

export type Handle =
  | { readonly kind: 'resize'; readonly dir: Direction; readonly at: ImagePoint }
  | { readonly kind: 'rotate'; readonly at: ImagePoint; readonly stem: ImagePoint }
  | {
      /** A point of the shape, a place where one may be put in, or a whole part of it (a cuboid's far face). */
      readonly kind: 'vertex' | 'midpoint' | 'part';
      /** 0 the outer ring or the only chain, then holes; of a cuboid 0 the front face, 1 the back. */
      readonly ring: number;
      /** The vertex, or for a midpoint the edge's first vertex. */
      readonly index: number;
      readonly at: ImagePoint;
    };

export type PointHandle = Extract<Handle, { ring: number }>;

export type GripKind<S extends Shape> = {
  handles(shape: S, view: Viewport): Handle[];
  /** The shape with `handle` dragged to `to`; `snap` turns in steps of 15 degrees. Null: the grip is not its own. */
  drag(shape: S, handle: Handle, to: ImagePoint, snap: boolean): S | null;
  /** The shape less a point, or with the point's next state; null where that cannot be. */
  alter?(shape: S, handle: PointHandle): S | null;
};

/** Side grips and midpoints only where there is room between the corners, CSS pixels. */
export const ROOM_PX = 28;

export const at = (pair: Pair): ImagePoint => fromPair(pair);

/** Vertices of a chain or ring, then the midpoints of its long edges. */
export function pointHandles(
  points: readonly Pair[],
  view: Viewport,
  { ring = 0, closed = false, midpoints = true } = {},
): Handle[] {
  const vertices: Handle[] = points.map((pair, index) => ({ kind: 'vertex', ring, index, at: at(pair) }));
  if (!midpoints) return vertices;
  const edges = closed ? points.length : points.length - 1;
  for (let index = 0; index < edges; index += 1) {
    const [a, b] = [points[index], points[(index + 1) % points.length]];
    if (!a || !b) continue;
    const [from, to] = [toScreen(view, at(a)), toScreen(view, at(b))];
    if (distance(from, to) <= ROOM_PX) continue;
    vertices.push({ kind: 'midpoint', ring, index, at: at([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]) });
  }
  return vertices;
}

/** The points with one moved to `to`, or for a midpoint put in there. */
export function movePoint(points: readonly Pair[], handle: PointHandle, to: ImagePoint): Pair[] {
  const moved = [...points];
  if (handle.kind === 'midpoint') moved.splice(handle.index + 1, 0, [to.x, to.y]);
  else moved[handle.index] = [to.x, to.y];
  return moved;
}
