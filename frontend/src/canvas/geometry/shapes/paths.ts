/** Polygons with holes, open lines and sets of points: shapes that are lists of vertices. */

import type { Pair } from '../points';
import { clipRingToBox, pointInPolygon, polygonArea, ringBounds, type Ring } from '../polygon';
import { clampPair, NO_OUTLINE, pairsFrom, pairsTo, scaler, type ShapeKind } from './kind';

/** `points`: at least 3 vertices, not closed. */
export type PolygonShape = {
  readonly type: 'polygon';
  readonly points: Ring;
  readonly holes: readonly Ring[];
};

/** `points`: at least 2 vertices. */
export type PolylineShape = { readonly type: 'polyline'; readonly points: Ring };

/** `points`: at least 1. */
export type PointsShape = { readonly type: 'points'; readonly points: Ring };

export function polygonShape(points: Ring, holes: readonly Ring[] = []): PolygonShape {
  return { type: 'polygon', points, holes };
}

export function mapVertices(shape: PolygonShape, move: (p: Pair) => Pair): PolygonShape {
  return { ...shape, points: shape.points.map(move), holes: shape.holes.map((hole) => hole.map(move)) };
}

export const POLYGON: ShapeKind<PolygonShape> = {
  bounds: (shape) => ringBounds(shape.points),
  area: (shape) => polygonArea(shape.points, shape.holes),
  contains: (shape, point) => pointInPolygon(point, shape.points, shape.holes),
  outline: (shape) => ({ ...NO_OUTLINE, rings: [shape.points, ...shape.holes] }),
  translate: (shape, dx, dy) => mapVertices(shape, ([x, y]) => [x + dx, y + dy]),
  scale: (shape, from, to) => mapVertices(shape, scaler(from, to)),
  clip(shape, { width, height }) {
    const picture = { x1: 0, y1: 0, x2: width, y2: height };
    const holes = shape.holes.map((hole) => clipRingToBox(hole, picture)).filter((hole) => hole.length);
    const cut = { ...shape, points: clipRingToBox(shape.points, picture), holes };
    return polygonArea(cut.points, cut.holes) >= 1 ? cut : null;
  },
  toWire({ points, holes }) {
    const outer = pairsTo(points);
    return holes.length ? { points: outer, holes: holes.map(pairsTo) } : { points: outer };
  },
  fromWire: ({ points, holes }) =>
    points ? polygonShape(pairsFrom(points), (holes ?? []).map(pairsFrom)) : null,
};

type Path = PolylineShape | PointsShape;

/** Lines and points have no inside; one out of the picture is moved to its edge. */
function pathKind<S extends Path>(type: S['type'], least: number): ShapeKind<S> {
  const map = (shape: S, move: (p: Pair) => Pair): S => ({ ...shape, points: shape.points.map(move) });
  return {
    bounds: (shape) => ringBounds(shape.points),
    area: () => 0,
    contains: () => false,
    outline: ({ points }) =>
      type === 'points' ? { ...NO_OUTLINE, dots: points } : { ...NO_OUTLINE, chains: [points] },
    translate: (shape, dx, dy) => map(shape, ([x, y]) => [x + dx, y + dy]),
    scale: (shape, from, to) => map(shape, scaler(from, to)),
    clip: (shape, size) => (shape.points.length < least ? null : map(shape, (pair) => clampPair(pair, size))),
    toWire: ({ points }) => ({ points: pairsTo(points) }),
    fromWire: ({ points }) => (points ? ({ type, points: pairsFrom(points) } as unknown as S) : null),
  };
}

export const POLYLINE = pathKind<PolylineShape>('polyline', 2);
export const POINTS = pathKind<PointsShape>('points', 1);
