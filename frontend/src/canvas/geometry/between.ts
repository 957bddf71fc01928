/** A shape between two keyframes of a track; `backend/core/between.py` does the same. */

import { chainsMatched, ringsMatched, type Matched } from './matching';
import type { Pair } from './points';
import type { Shape } from './shape';
import { boxShape } from './shapes/box';
import { cuboidShape, type Face } from './shapes/cuboid';
import { ellipseShape } from './shapes/ellipse';
import { polygonShape, type PolygonShape, type PolylineShape } from './shapes/paths';
import { skeletonShape, type SkeletonShape } from './shapes/skeleton';

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
const mixPair = (a: Pair, b: Pair, share: number): Pair => [mix(a[0], b[0], share), mix(a[1], b[1], share)];
const mod = (value: number, by: number): number => ((value % by) + by) % by;

/** Degrees, the shorter way round, 0 to below 360. */
const mixAngle = (a: number, b: number, share: number): number =>
  mod(a + (mod(b - a + 180, 360) - 180) * share, 360);

/**
 * The shape at `share` (0..1) of the way from one keyframe to the next. Boxes and ellipses turn the shorter way
 * round. Polygons and lines go by matched points. A keypoint keeps the visibility of the keyframe before, and its
 * place where the next one has none. Masks hold, and so do sets of points whose number changes.
 */
export function shapeBetween(a: Shape, b: Shape, share: number): Shape {
  if (a.type === 'box' && b.type === 'box') {
    const corners = { x1: 0, y1: 0, x2: 0, y2: 0 };
    for (const side of ['x1', 'y1', 'x2', 'y2'] as const) corners[side] = mix(a[side], b[side], share);
    return boxShape(corners, mixAngle(a.rotation ?? 0, b.rotation ?? 0, share));
  }
  if (a.type === 'polygon' && b.type === 'polygon') return polygonBetween(a, b, share);
  if (a.type === 'polyline' && b.type === 'polyline') return { ...a, points: lineBetween(a, b, share) };
  if (a.type === 'points' && b.type === 'points') {
    if (a.points.length !== b.points.length) return a;
    return { ...a, points: a.points.map((point, at) => mixPair(point, b.points[at] ?? point, share)) };
  }
  if (a.type === 'ellipse' && b.type === 'ellipse') {
    const centre = mixPair([a.cx, a.cy], [b.cx, b.cy], share);
    const radii = mixPair([a.rx, a.ry], [b.rx, b.ry], share);
    return ellipseShape(centre, radii, mixAngle(a.rotation ?? 0, b.rotation ?? 0, share));
  }
  if (a.type === 'cuboid' && b.type === 'cuboid') {
    const face = (one: Face, other: Face): Face =>
      one.map((corner, at) => mixPair(corner, other[at] ?? corner, share)) as unknown as Face;
    return cuboidShape(face(a.front, b.front), face(a.back, b.back));
  }
  if (a.type === 'skeleton' && b.type === 'skeleton') return skeletonBetween(a, b, share);
  return a;
}

function skeletonBetween(a: SkeletonShape, b: SkeletonShape, share: number): SkeletonShape {
  return skeletonShape(
    a.keypoints.map((each, at) => {
      const to = b.keypoints[at];
      if (each.v === 0 || !to || to.v === 0) return each;
      return { x: mix(each.x, to.x, share), y: mix(each.y, to.y, share), v: each.v };
    }),
  );
}

type Rings = { readonly to: object; readonly rings: readonly Matched[] };
/** Matching costs more than mixing, and playing asks for every frame between the same two keyframes. */
const kept = new WeakMap<object, Rings>();

function matchedOnce(a: object, b: object, match: () => readonly Matched[]): readonly Matched[] {
  const known = kept.get(a);
  if (known?.to === b) return known.rings;
  const rings = match();
  kept.set(a, { to: b, rings });
  return rings;
}

const mixed = (matched: Matched | undefined, share: number): Pair[] =>
  (matched ?? []).map(([p, q]) => mixPair(p, q, share));

function lineBetween(a: PolylineShape, b: PolylineShape, share: number): Pair[] {
  return mixed(matchedOnce(a, b, () => [chainsMatched(a.points, b.points)])[0], share);
}

/** Holes go along where both keyframes have as many; else they hold. */
function polygonBetween(a: PolygonShape, b: PolygonShape, share: number): PolygonShape {
  const [holes, later] = [a.holes, b.holes];
  const both = holes.length === later.length ? holes : [];
  const rings = matchedOnce(a, b, () => [
    ringsMatched(a.points, b.points),
    ...both.map((hole, at) => ringsMatched(hole, later[at] ?? hole)),
  ]);
  return polygonShape(
    mixed(rings[0], share),
    both.length ? rings.slice(1).map((ring) => mixed(ring, share)) : holes,
  );
}
