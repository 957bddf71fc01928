/** Union, difference and cutting of polygons with holes, in image pixels, by polyclip-ts (Martinez' sweep). */

import { difference, union, type Geom } from 'polyclip-ts';

import type { Pair } from './points';
import { polygonArea, ringEdges, type Ring } from './polygon';
import { mapVertices, polygonShape, type PolygonShape } from './shapes/paths';

/** Pieces smaller than this are crumbs of a cut, square image pixels. */
const CRUMB_PX2 = 1;
/** As thin as the sweep parts reliably, image pixels. */
const KNIFE_WIDTH_PX = 0.02;

const geomOf = (shape: PolygonShape): Geom =>
  [[shape.points, ...shape.holes].map((ring) => ring.map(([x, y]): [number, number] => [x, y]))] as Geom;

/** Closed rings come back with the first point twice. */
const ringOf = (ring: readonly (readonly [number, number])[]): Pair[] =>
  ring.slice(0, -1).map(([x, y]): Pair => [x, y]);

function shapesOf(result: ReturnType<typeof union>): PolygonShape[] {
  return result
    .map(([outer = [], ...holes]) => polygonShape(ringOf(outer), holes.map(ringOf)))
    .filter((shape) => polygonArea(shape.points, shape.holes) >= CRUMB_PX2);
}

/** All of them as one; several where they do not touch. */
export function joinPolygons(shapes: readonly PolygonShape[]): PolygonShape[] {
  const [first, ...rest] = shapes.map(geomOf);
  return first ? shapesOf(union(first, ...rest)) : [];
}

/** `shape` less `others`: none, one, or several pieces. */
export function subtractPolygons(shape: PolygonShape, others: readonly PolygonShape[]): PolygonShape[] {
  return shapesOf(difference(geomOf(shape), ...others.map(geomOf)));
}

/**
 * The pieces of `shape` along a chain of points; the shape alone where the chain does not part it. Nothing is
 * lost between them: the blade's width is taken back by putting its corners where the chain really crosses.
 */
export function cutPolygon(shape: PolygonShape, chain: Ring): PolygonShape[] {
  const stretches = chain.slice(1).map((b, index) => [chain[index] ?? b, b] as const);
  const knives = stretches.flatMap(([a, b]) => knifeOf(a, b));
  if (knives.length === 0) return [shape];
  const pieces = subtractPolygons(shape, knives);
  if (pieces.length < 2) return [shape];
  const rings = [shape.points, ...shape.holes];
  const own = new Set(rings.flat().map(String));
  const edges = rings.flatMap((ring) => [...ringEdges(ring)]);
  const crossings = stretches.flatMap(([a, b]) => edges.flatMap(([c, d]) => crossing(a, b, c, d)));
  const places = [...chain.slice(1, -1), ...crossings];
  const settle = (pair: Pair): Pair => (own.has(String(pair)) ? pair : nearestOf(places, pair));
  return pieces.map((piece) => {
    const { points, holes } = mapVertices(piece, settle);
    return polygonShape(withoutRepeats(points), holes.map(withoutRepeats));
  });
}

/** Where the stretches a–b and c–d cross, none where they do not. */
function crossing(a: Pair, b: Pair, c: Pair, d: Pair): Pair[] {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const across = rx * sy - ry * sx;
  if (across === 0) return [];
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / across;
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / across;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? [[a[0] + t * rx, a[1] + t * ry]] : [];
}

function nearestOf(places: readonly Pair[], [x, y]: Pair): Pair {
  const off = (place: Pair): number => Math.hypot(place[0] - x, place[1] - y);
  return places.reduce((best, place) => (off(place) < off(best) ? place : best), places[0] ?? [x, y]);
}

const withoutRepeats = (ring: Ring): Pair[] =>
  ring.filter((pair, index) => String(pair) !== String(ring[(index + ring.length - 1) % ring.length]));

/** A blade along a–b, a little longer than it at both ends, so that corners of the chain are cut through. */
function knifeOf(a: Pair, b: Pair): PolygonShape[] {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length === 0) return [];
  const half = KNIFE_WIDTH_PX / 2;
  const [ux, uy] = [((b[0] - a[0]) / length) * half, ((b[1] - a[1]) / length) * half];
  return [
    polygonShape([
      [a[0] - ux - uy, a[1] - uy + ux],
      [b[0] + ux - uy, b[1] + uy + ux],
      [b[0] + ux + uy, b[1] + uy - ux],
      [a[0] - ux + uy, a[1] - uy - ux],
    ]),
  ];
}
