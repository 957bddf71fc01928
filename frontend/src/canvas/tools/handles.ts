/** The grips of the selection: eight for boxes and groups, one to turn a box, vertices for a polygon. */

import type { Item } from '../document/items';
import { boxCentre, type Box } from '../geometry/box';
import {
  distance,
  fromPair,
  imagePoint,
  rotateAbout,
  type ImagePoint,
  type Pair,
  type ScreenPoint,
} from '../geometry/points';
import { shapesBounds } from '../geometry/shape';
import { boxShape, type BoxShape } from '../geometry/shapes/box';
import { polygonShape, type PolygonShape } from '../geometry/shapes/paths';
import { toScreen, type Viewport } from '../viewport/viewport';
import { REACH_PX } from './tool';

/** Which side or corner: -1 left/top, 0 middle, 1 right/bottom. */
export type Direction = readonly [-1 | 0 | 1, -1 | 0 | 1];

export type Handle =
  | { readonly kind: 'resize'; readonly dir: Direction; readonly at: ImagePoint }
  | { readonly kind: 'rotate'; readonly at: ImagePoint; readonly stem: ImagePoint }
  | {
      readonly kind: 'vertex' | 'midpoint';
      readonly id: string;
      /** 0 the outer ring, then holes. */
      readonly ring: number;
      /** The vertex, or for a midpoint the edge's first vertex. */
      readonly index: number;
      readonly at: ImagePoint;
    };

export const DIRECTIONS: readonly Direction[] = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
];

const ROTATE_STEM_PX = 24;
/** Side grips and midpoints only where there is room between the corners, CSS pixels. */
const ROOM_PX = 28;

function gripAt(box: BoxShape, [hx, hy]: Direction): ImagePoint {
  const [cx, cy] = boxCentre(box);
  const at: Pair = [cx + (hx * (box.x2 - box.x1)) / 2, cy + (hy * (box.y2 - box.y1)) / 2];
  return fromPair(rotateAbout(at, [cx, cy], box.rotation ?? 0));
}

function boxHandles(box: BoxShape, view: Viewport, turnable: boolean): Handle[] {
  const width = (box.x2 - box.x1) * view.scale;
  const height = (box.y2 - box.y1) * view.scale;
  const handles: Handle[] = DIRECTIONS.filter(
    ([hx, hy]) => (hx !== 0 || width > ROOM_PX) && (hy !== 0 || height > ROOM_PX),
  ).map((dir) => ({ kind: 'resize', dir, at: gripAt(box, dir) }));
  if (turnable) {
    const stem = gripAt(box, [0, -1]);
    const up = rotateAbout([0, -ROTATE_STEM_PX / view.scale], [0, 0], box.rotation ?? 0);
    handles.push({ kind: 'rotate', stem, at: imagePoint(stem.x + up[0], stem.y + up[1]) });
  }
  return handles;
}

function polygonHandles(id: string, shape: PolygonShape, view: Viewport): Handle[] {
  const vertices: Handle[] = [];
  const midpoints: Handle[] = [];
  [shape.points, ...shape.holes].forEach((points, ring) => {
    points.forEach((pair, index) => {
      const next = points[(index + 1) % points.length] ?? pair;
      vertices.push({ kind: 'vertex', id, ring, index, at: fromPair(pair) });
      if (Math.hypot(next[0] - pair[0], next[1] - pair[1]) * view.scale > ROOM_PX) {
        const at = imagePoint((pair[0] + next[0]) / 2, (pair[1] + next[1]) / 2);
        midpoints.push({ kind: 'midpoint', id, ring, index, at });
      }
    });
  });
  return [...vertices, ...midpoints];
}

export function handlesOf(items: readonly Item[], view: Viewport): Handle[] {
  const free = items.filter((item) => !item.locked);
  const [only] = free;
  if (free.length === 1 && only) {
    if (only.shape.type === 'polygon') return polygonHandles(only.id, only.shape, view);
    // Tracks have no rotation in the API.
    if (only.shape.type === 'box') return boxHandles(only.shape, view, only.kind !== 'track');
  }
  const bounds = shapesBounds(free.map((item) => item.shape));
  return bounds ? boxHandles(boxShape(bounds), view, false) : [];
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

/** `box` with the grip `dir` dragged to `to`; the opposite side stays where it is, turned boxes too. */
export function resizeBox(box: BoxShape, [hx, hy]: Direction, to: ImagePoint): BoxShape {
  const rotation = box.rotation ?? 0;
  const centre = boxCentre(box);
  const [px, py] = rotateAbout([to.x, to.y], centre, -rotation);
  const x1 = hx < 0 ? px : box.x1;
  const x2 = hx > 0 ? px : box.x2;
  const y1 = hy < 0 ? py : box.y1;
  const y2 = hy > 0 ? py : box.y2;
  const local: Box = {
    x1: Math.min(x1, x2),
    y1: Math.min(y1, y2),
    x2: Math.max(x1, x2),
    y2: Math.max(y1, y2),
  };
  const [mx, my] = boxCentre(local);
  const [wx, wy] = rotateAbout([mx, my], centre, rotation);
  const [dx, dy] = [wx - mx, wy - my];
  return boxShape({ x1: local.x1 + dx, y1: local.y1 + dy, x2: local.x2 + dx, y2: local.y2 + dy }, rotation);
}

/** `box` turned so that its top points at `to`; `snap` rounds to 15 degrees. -180..180. */
export function turnBox(box: BoxShape, to: ImagePoint, snap: boolean): BoxShape {
  const [cx, cy] = boxCentre(box);
  const degrees = (Math.atan2(to.y - cy, to.x - cx) * 180) / Math.PI + 90;
  const step = snap ? 15 : 0.5;
  const rounded = Math.round(degrees / step) * step;
  return boxShape(box, rounded > 180 ? rounded - 360 : rounded);
}

function withRing(shape: PolygonShape, ring: number, change: (points: Pair[]) => Pair[]): PolygonShape {
  const rings = [shape.points, ...shape.holes].map((points, at) =>
    at === ring ? change([...points]) : points,
  );
  return polygonShape(rings[0] ?? [], rings.slice(1));
}

/** The polygon with a vertex moved (or, for a midpoint, put in) at `to`. */
export function moveVertex(
  shape: PolygonShape,
  handle: Extract<Handle, { kind: 'vertex' | 'midpoint' }>,
  to: ImagePoint,
): PolygonShape {
  return withRing(shape, handle.ring, (points) => {
    if (handle.kind === 'vertex') points[handle.index] = [to.x, to.y];
    else points.splice(handle.index + 1, 0, [to.x, to.y]);
    return points;
  });
}

/** The polygon less a vertex; a hole of three goes whole, an outer ring of three stays. */
export function dropVertex(shape: PolygonShape, ring: number, index: number): PolygonShape {
  const size = [shape.points, ...shape.holes][ring]?.length ?? 0;
  if (size > 3) return withRing(shape, ring, (points) => points.filter((_, at) => at !== index));
  if (ring === 0) return shape;
  return polygonShape(
    shape.points,
    shape.holes.filter((_, at) => at !== ring - 1),
  );
}
