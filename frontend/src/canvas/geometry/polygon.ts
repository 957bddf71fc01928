/** Rings of vertices in image pixels, not closed (the last vertex joins the first), even-odd inside. */

import type { Box } from './box';
import { imagePoint, type ImagePoint, type Pair } from './points';

export type Ring = readonly Pair[];

/** Shoelace area with sign: positive where the ring turns clockwise on the screen (y points down). */
export function ringSignedArea(ring: Ring): number {
  let twice = 0;
  for (const [a, b] of ringEdges(ring)) twice += a[0] * b[1] - b[0] * a[1];
  return twice / 2;
}

export const ringArea = (ring: Ring): number => Math.abs(ringSignedArea(ring));

/** Area of the outer ring less its holes, square image pixels, never negative. */
export function polygonArea(points: Ring, holes: readonly Ring[] = []): number {
  const gone = holes.reduce((sum, hole) => sum + Math.abs(ringSignedArea(hole)), 0);
  return Math.max(0, Math.abs(ringSignedArea(points)) - gone);
}

export function* ringEdges(ring: Ring): Generator<readonly [Pair, Pair]> {
  for (let i = 0; i < ring.length; i += 1) {
    const a = ring[i];
    const b = ring[(i + 1) % ring.length];
    if (a && b) yield [a, b];
  }
}

export function ringBounds(ring: Ring): Box {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    x1 = Math.min(x1, x);
    y1 = Math.min(y1, y);
    x2 = Math.max(x2, x);
    y2 = Math.max(y2, y);
  }
  return ring.length ? { x1, y1, x2, y2 } : { x1: 0, y1: 0, x2: 0, y2: 0 };
}

export function pointInRing(point: ImagePoint, ring: Ring): boolean {
  let inside = false;
  for (const [a, b] of ringEdges(ring)) {
    const crosses = a[1] > point.y !== b[1] > point.y;
    if (crosses && point.x < ((b[0] - a[0]) * (point.y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside;
}

export function pointInPolygon(point: ImagePoint, points: Ring, holes: readonly Ring[] = []): boolean {
  return pointInRing(point, points) && !holes.some((hole) => pointInRing(point, hole));
}

/** The nearest point of the segment a–b. */
export function nearestOnSegment(point: ImagePoint, a: Pair, b: Pair): ImagePoint {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : ((point.x - a[0]) * dx + (point.y - a[1]) * dy) / length2;
  const held = Math.min(1, Math.max(0, t));
  return imagePoint(a[0] + held * dx, a[1] + held * dy);
}

/** The edge nearest to `point`: `index` of its first vertex, and the distance in image pixels. */
export function nearestEdge(
  point: ImagePoint,
  ring: Ring,
): { index: number; distance: number; at: ImagePoint } {
  let best = { index: -1, distance: Infinity, at: point };
  let index = 0;
  for (const [a, b] of ringEdges(ring)) {
    const at = nearestOnSegment(point, a, b);
    const distance = Math.hypot(at.x - point.x, at.y - point.y);
    if (distance < best.distance) best = { index, distance, at };
    index += 1;
  }
  return best;
}

/** Douglas–Peucker on an open chain: no dropped point lies further than `tolerance` image pixels from the result. */
export function simplifyChain(chain: Ring, tolerance: number): Pair[] {
  const first = chain[0];
  const last = chain[chain.length - 1];
  if (!first || !last || chain.length < 3) return [...chain];
  let split = 0;
  let worst = tolerance;
  for (let i = 1; i < chain.length - 1; i += 1) {
    const pair = chain[i] ?? first;
    const at = nearestOnSegment(imagePoint(pair[0], pair[1]), first, last);
    const off = Math.hypot(at.x - pair[0], at.y - pair[1]);
    if (off > worst) [worst, split] = [off, i];
  }
  if (split === 0) return [first, last];
  const left = simplifyChain(chain.slice(0, split + 1), tolerance);
  return [...left.slice(0, -1), ...simplifyChain(chain.slice(split), tolerance)];
}

/**
 * Douglas–Peucker on a closed ring: no dropped vertex lies further than `tolerance` image pixels from
 * the result. Cut at the two vertices furthest apart from the first, so that both halves have an anchor.
 */
export function simplifyRing(ring: Ring, tolerance: number): Pair[] {
  const first = ring[0];
  if (!first || ring.length <= 3) return [...ring];
  let far = 0;
  let reach = -1;
  ring.forEach(([x, y], index) => {
    const span = Math.hypot(x - first[0], y - first[1]);
    if (span > reach) [reach, far] = [span, index];
  });
  const there = simplifyChain(ring.slice(0, far + 1), tolerance);
  const back = simplifyChain([...ring.slice(far), first], tolerance);
  const kept = [...there.slice(0, -1), ...back.slice(0, -1)];
  return kept.length >= 3 ? kept : [...ring];
}

type HalfPlane = { inside: (p: Pair) => boolean; cut: (a: Pair, b: Pair) => Pair };

function clipHalf(ring: Ring, plane: HalfPlane): Pair[] {
  const out: Pair[] = [];
  for (const [a, b] of ringEdges(ring)) {
    const [from, to] = [plane.inside(a), plane.inside(b)];
    if (from) out.push(a);
    if (from !== to) out.push(plane.cut(a, b));
  }
  return out;
}

function convexPlanes(ring: Ring): HalfPlane[] {
  const turn = Math.sign(ringSignedArea(ring)) || 1;
  return [...ringEdges(ring)].map(([p, q]) => {
    const side = (r: Pair): number => turn * ((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
    return {
      inside: (r) => side(r) >= 0,
      cut: (a, b) => {
        const [sa, sb] = [side(a), side(b)];
        const t = sa / (sa - sb);
        return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
      },
    };
  });
}

/** Sutherland–Hodgman: `ring` cut to a convex `window`; [] where nothing is left. */
export function clipRing(ring: Ring, window: Ring): Pair[] {
  let out = [...ring];
  for (const plane of convexPlanes(window)) out = clipHalf(out, plane);
  return out.length >= 3 ? out : [];
}

export function clipRingToBox(ring: Ring, box: Box): Pair[] {
  return clipRing(ring, [
    [box.x1, box.y1],
    [box.x2, box.y1],
    [box.x2, box.y2],
    [box.x1, box.y2],
  ]);
}

/** Intersection over union of two rings, the second convex (turned boxes, for instance), 0..1. */
export function ringIouWithConvex(ring: Ring, convex: Ring): number {
  const common = polygonArea(clipRing(ring, convex));
  const union = polygonArea(ring) + polygonArea(convex) - common;
  return union > 0 ? common / union : 0;
}
