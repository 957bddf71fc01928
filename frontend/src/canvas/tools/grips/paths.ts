/** Grips of polygons, polylines and points: their vertices, and midpoints that become vertices. */

import type { Pair } from '../../geometry/points';
import type { Ring } from '../../geometry/polygon';
import {
  polygonShape,
  type PointsShape,
  type PolygonShape,
  type PolylineShape,
} from '../../geometry/shapes/paths';
import { movePoint, pointHandles, type GripKind } from './grip';

function withRing(shape: PolygonShape, ring: number, change: (points: Ring) => Pair[]): PolygonShape {
  const rings = [shape.points, ...shape.holes].map((points, at) => (at === ring ? change(points) : points));
  return polygonShape(rings[0] ?? [], rings.slice(1));
}

export const POLYGON_GRIPS: GripKind<PolygonShape> = {
  handles: (shape, view) =>
    [shape.points, ...shape.holes].flatMap((points, ring) =>
      pointHandles(points, view, { ring, closed: true }),
    ),
  drag: (shape, handle, to) =>
    'ring' in handle ? withRing(shape, handle.ring, (points) => movePoint(points, handle, to)) : null,
  /** A hole of three goes whole, an outer ring of three stays. */
  alter(shape, { ring, index }) {
    const size = [shape.points, ...shape.holes][ring]?.length ?? 0;
    if (size > 3) return withRing(shape, ring, (points) => points.filter((_, at) => at !== index));
    if (ring === 0) return null;
    return polygonShape(
      shape.points,
      shape.holes.filter((_, at) => at !== ring - 1),
    );
  },
};

type Path = PolylineShape | PointsShape;

function pathGrips<S extends Path>(least: number, midpoints: boolean): GripKind<S> {
  return {
    handles: (shape, view) => pointHandles(shape.points, view, { midpoints }),
    drag: (shape, handle, to) =>
      'ring' in handle ? { ...shape, points: movePoint(shape.points, handle, to) } : null,
    alter: (shape, { index }) =>
      shape.points.length > least ? { ...shape, points: shape.points.filter((_, at) => at !== index) } : null,
  };
}

export const POLYLINE_GRIPS = pathGrips<PolylineShape>(2, true);
export const POINTS_GRIPS = pathGrips<PointsShape>(1, false);
