/** The two shapes of a region, and what every tool asks of them. Coordinates are image pixels. */

import { boxArea, boxCentre, boxClip, boxUnion, type Box } from './box';
import { clipRingToBox, nearestEdge, pointInPolygon, polygonArea, ringBounds, type Ring } from './polygon';
import { clamp, rotateAbout, type ImagePoint, type Pair, type Size } from './points';

/** `rotation`: degrees clockwise about the centre; absent means 0. */
export type BoxShape = Box & { readonly type: 'box'; readonly rotation?: number };

/** `points`: at least 3 vertices, not closed. */
export type PolygonShape = {
  readonly type: 'polygon';
  readonly points: Ring;
  readonly holes: readonly Ring[];
};

export type Shape = BoxShape | PolygonShape;

export function boxShape(box: Box, rotation = 0): BoxShape {
  const { x1, y1, x2, y2 } = box;
  return rotation === 0 ? { type: 'box', x1, y1, x2, y2 } : { type: 'box', x1, y1, x2, y2, rotation };
}

export function polygonShape(points: Ring, holes: readonly Ring[] = []): PolygonShape {
  return { type: 'polygon', points, holes };
}

/** The four corners in order nw, ne, se, sw of the unturned box, turned. */
export function boxCorners(shape: BoxShape): [Pair, Pair, Pair, Pair] {
  const centre = boxCentre(shape);
  const turn = (x: number, y: number): Pair => rotateAbout([x, y], centre, shape.rotation ?? 0);
  return [
    turn(shape.x1, shape.y1),
    turn(shape.x2, shape.y1),
    turn(shape.x2, shape.y2),
    turn(shape.x1, shape.y2),
  ];
}

/** Every ring of a shape's outline: the outer one first, then holes. */
export function shapeRings(shape: Shape): readonly Ring[] {
  return shape.type === 'box' ? [boxCorners(shape)] : [shape.points, ...shape.holes];
}

export function shapeBounds(shape: Shape): Box {
  if (shape.type === 'polygon') return ringBounds(shape.points);
  return shape.rotation ? ringBounds(boxCorners(shape)) : shape;
}

/** Bounds of many, null for none. */
export function shapesBounds(shapes: readonly Shape[]): Box | null {
  return boxUnion(shapes.map(shapeBounds));
}

export function shapeArea(shape: Shape): number {
  return shape.type === 'box' ? boxArea(shape) : polygonArea(shape.points, shape.holes);
}

export function shapeContains(shape: Shape, point: ImagePoint): boolean {
  if (shape.type === 'polygon') return pointInPolygon(point, shape.points, shape.holes);
  return pointInPolygon(point, boxCorners(shape));
}

/** Distance from the outline in image pixels, inside or outside. */
export function distanceToOutline(shape: Shape, point: ImagePoint): number {
  return Math.min(...shapeRings(shape).map((ring) => nearestEdge(point, ring).distance));
}

export function translateShape<S extends Shape>(shape: S, dx: number, dy: number): S;
export function translateShape(shape: Shape, dx: number, dy: number): Shape {
  if (shape.type === 'box') {
    return { ...shape, x1: shape.x1 + dx, y1: shape.y1 + dy, x2: shape.x2 + dx, y2: shape.y2 + dy };
  }
  return mapVertices(shape, ([x, y]) => [x + dx, y + dy]);
}

/** Scales a shape as part of a group whose bounds go `from` → `to` (a flip is allowed). */
export function scaleShape(shape: Shape, from: Box, to: Box): Shape {
  const sx = from.x2 === from.x1 ? 1 : (to.x2 - to.x1) / (from.x2 - from.x1);
  const sy = from.y2 === from.y1 ? 1 : (to.y2 - to.y1) / (from.y2 - from.y1);
  const at = ([x, y]: Pair): Pair => [to.x1 + (x - from.x1) * sx, to.y1 + (y - from.y1) * sy];
  if (shape.type === 'polygon') return mapVertices(shape, at);
  const [ax, ay] = at([shape.x1, shape.y1]);
  const [bx, by] = at([shape.x2, shape.y2]);
  return {
    ...shape,
    x1: Math.min(ax, bx),
    y1: Math.min(ay, by),
    x2: Math.max(ax, bx),
    y2: Math.max(ay, by),
  };
}

export function mapVertices(shape: PolygonShape, move: (p: Pair) => Pair): PolygonShape {
  return { ...shape, points: shape.points.map(move), holes: shape.holes.map((hole) => hole.map(move)) };
}

/** Cuts a shape to the picture; null where less than a pixel of area is left. A turned box is kept whole. */
export function clipShape(shape: Shape, size: Size): Shape | null {
  const picture: Box = { x1: 0, y1: 0, x2: size.width, y2: size.height };
  let cut: Shape;
  if (shape.type === 'box') {
    cut = shape.rotation ? shape : { ...shape, ...boxClip(shape, size) };
  } else {
    const holes = shape.holes.map((hole) => clipRingToBox(hole, picture)).filter((hole) => hole.length);
    cut = { ...shape, points: clipRingToBox(shape.points, picture), holes };
  }
  return shapeArea(cut) >= 1 ? cut : null;
}

export function clampToImage(point: ImagePoint, size: Size): ImagePoint {
  return { ...point, x: clamp(point.x, 0, size.width), y: clamp(point.y, 0, size.height) };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
