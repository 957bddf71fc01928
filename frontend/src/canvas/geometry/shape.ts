/** Every shape of a region, and what tools ask of it. Coordinates are image pixels. */

import { boxUnion, type Box } from './box';
import { clamp, type ImagePoint, type Size } from './points';
import { nearestOnSegment, ringEdges, type Ring } from './polygon';
import { BOX, type BoxShape } from './shapes/box';
import { CUBOID, type CuboidShape } from './shapes/cuboid';
import { ELLIPSE, type EllipseShape } from './shapes/ellipse';
import type { Outline, ShapeKind, WireStill } from './shapes/kind';
import { MASK, type MaskShape } from './shapes/mask';
import {
  POINTS,
  POLYGON,
  POLYLINE,
  type PointsShape,
  type PolygonShape,
  type PolylineShape,
} from './shapes/paths';
import { SKELETON, type SkeletonShape } from './shapes/skeleton';

export type Shape =
  | BoxShape
  | PolygonShape
  | PolylineShape
  | PointsShape
  | EllipseShape
  | CuboidShape
  | SkeletonShape
  | MaskShape;

export type ShapeType = Shape['type'];

const KINDS: { readonly [T in ShapeType]: ShapeKind<Extract<Shape, { type: T }>> } = {
  box: BOX,
  polygon: POLYGON,
  polyline: POLYLINE,
  points: POINTS,
  ellipse: ELLIPSE,
  cuboid: CUBOID,
  skeleton: SKELETON,
  mask: MASK,
};

export const SHAPE_TYPES = Object.keys(KINDS) as readonly ShapeType[];

const kindOf = (shape: Shape): ShapeKind<Shape> => KINDS[shape.type] as unknown as ShapeKind<Shape>;

export function shapeOutline(shape: Shape): Outline {
  return kindOf(shape).outline(shape);
}

/** Shapes never change, and each change of the document asks for the bounds of all of them again. */
const boundsKept = new WeakMap<Shape, Box>();

export function shapeBounds(shape: Shape): Box {
  let bounds = boundsKept.get(shape);
  if (!bounds) boundsKept.set(shape, (bounds = kindOf(shape).bounds(shape)));
  return bounds;
}

/** Bounds of many, null for none. */
export function shapesBounds(shapes: readonly Shape[]): Box | null {
  return boxUnion(shapes.map(shapeBounds));
}

export function shapeArea(shape: Shape): number {
  return kindOf(shape).area(shape);
}

export function shapeContains(shape: Shape, point: ImagePoint): boolean {
  return kindOf(shape).contains(shape, point);
}

/** Distance from the outline in image pixels, inside or outside. */
export function distanceToOutline(shape: Shape, point: ImagePoint): number {
  const { rings, chains, dots } = shapeOutline(shape);
  let best = Infinity;
  const toEdge = (a: Ring[number], b: Ring[number]): void => {
    const at = nearestOnSegment(point, a, b);
    best = Math.min(best, Math.hypot(at.x - point.x, at.y - point.y));
  };
  for (const ring of rings) for (const [a, b] of ringEdges(ring)) toEdge(a, b);
  for (const chain of chains) {
    chain.forEach((b, index) => {
      const a = chain[index - 1];
      if (a) toEdge(a, b);
    });
  }
  for (const [x, y] of dots) best = Math.min(best, Math.hypot(x - point.x, y - point.y));
  return best;
}

export function translateShape<S extends Shape>(shape: S, dx: number, dy: number): S {
  return kindOf(shape).translate(shape, dx, dy) as S;
}

/** Scales a shape as part of a group whose bounds go `from` → `to`. */
export function scaleShape(shape: Shape, from: Box, to: Box): Shape {
  return kindOf(shape).scale(shape, from, to);
}

/** Cuts a shape to the picture; null where nothing worth keeping is left. */
export function clipShape(shape: Shape, size: Size): Shape | null {
  return kindOf(shape).clip(shape, size);
}

export function clampToImage(point: ImagePoint, size: Size): ImagePoint {
  return { ...point, x: clamp(point.x, 0, size.width), y: clamp(point.y, 0, size.height) };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function shapeToWire(shape: Shape): WireStill {
  return kindOf(shape).toWire(shape);
}

/** Null where `geometry` is not of that type, or the type is no shape of a region (a track, a tag). */
export function shapeFromWire(type: string, geometry: WireStill): Shape | null {
  if (!SHAPE_TYPES.includes(type as ShapeType)) return null;
  return KINDS[type as ShapeType].fromWire(geometry);
}
