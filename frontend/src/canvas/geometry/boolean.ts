/**
 * Union, difference and cutting of polygons with holes, in image pixels, by Clipper2. It works on whole numbers,
 * which is why it never fails on crossings that almost meet; vertices it leaves alone come back as they were.
 */

import { Clipper, ClipType, FillRule, PolyTree64, type Path64, type PolyPath64 } from 'clipper2-ts';

import { boxGrow, boxesTouch } from './box';
import type { Pair } from './points';
import { nearestOnSegment, polygonArea, ringBounds, ringEdges, type Ring } from './polygon';
import { fromPair } from './points';
import { polygonShape, type PolygonShape } from './shapes/paths';

/** Steps of the grid in one image pixel: finer than any screen shows, coarse enough for exact products. */
const GRID = 4096;
/** Pieces smaller than this are crumbs of a cut, square image pixels. */
const CRUMB_PX2 = 1;
/** Half the width of the knife; what it takes away is given back to both sides. */
const BLADE_PX = 4 / GRID;
/** Vertices this near to where the chain crosses the outline are its crossing. */
const CROSSING_PX = 16 * BLADE_PX;

/** Keeps the true place of each vertex by its place on the grid. */
class Grid {
  private readonly places = new Map<string, Pair>();

  path(ring: Ring): Path64 {
    return ring.map((pair) => {
      const at = { x: Math.round(pair[0] * GRID), y: Math.round(pair[1] * GRID) };
      this.places.set(`${String(at.x)} ${String(at.y)}`, pair);
      return at;
    });
  }

  paths(shape: PolygonShape): Path64[] {
    return [shape.points, ...shape.holes].map((ring) => this.path(ring));
  }

  ring(path: Path64): Pair[] {
    return path.map(({ x, y }) => this.places.get(`${String(x)} ${String(y)}`) ?? [x / GRID, y / GRID]);
  }
}

/** One operation; fill is even-odd on either side, as polygons are painted. */
function operate(
  type: ClipType,
  grid: Grid,
  subject: readonly Path64[],
  clip: readonly Path64[],
): PolygonShape[] {
  const tree = new PolyTree64();
  Clipper.booleanOpWithPolyTree(type, [...subject], [...clip], tree, FillRule.EvenOdd);
  return shapesOf(tree, grid);
}

/** Outer rings with their holes; what lies in a hole is a shape of its own. */
function shapesOf(tree: PolyPath64, grid: Grid): PolygonShape[] {
  return childrenOf(tree).flatMap((outer) => {
    const holes = childrenOf(outer);
    const shape = polygonShape(
      grid.ring(outer.poly ?? []),
      holes.map((hole) => grid.ring(hole.poly ?? [])),
    );
    return [shape, ...holes.flatMap((hole) => shapesOf(hole, grid))];
  });
}

const childrenOf = (node: PolyPath64): PolyPath64[] =>
  Array.from({ length: node.count }, (_, index) => node.child(index));

const worthKeeping = (shape: PolygonShape): boolean => polygonArea(shape.points, shape.holes) >= CRUMB_PX2;

/** All of them as one; several where they do not touch. */
export function joinPolygons(shapes: readonly PolygonShape[]): PolygonShape[] {
  const [first, ...rest] = shapes;
  if (!first) return [];
  const grid = new Grid();
  let joined = operate(ClipType.Union, grid, grid.paths(first), []);
  for (const shape of rest) {
    const before = joined.flatMap((each) => grid.paths(each));
    joined = operate(ClipType.Union, grid, before, grid.paths(shape));
  }
  return joined.filter(worthKeeping);
}

/** `shape` less `others`: none, one, or several pieces. */
export function subtractPolygons(shape: PolygonShape, others: readonly PolygonShape[]): PolygonShape[] {
  const grid = new Grid();
  const gone = joinPolygons(others).flatMap((other) => grid.paths(other));
  return operate(ClipType.Difference, grid, grid.paths(shape), gone).filter(worthKeeping);
}

/** The pieces of `shape` along a chain of points; the shape alone where the chain does not part it. */
export function cutPolygon(shape: PolygonShape, chain: Ring): PolygonShape[] {
  const stretches = chain.slice(1).map((b, index) => [chain[index] ?? b, b] as const);
  const grid = new Grid();
  const blades = Clipper.union(
    stretches.flatMap(([a, b]) => bladeOf(grid, a, b)),
    FillRule.NonZero,
  );
  if (blades.length === 0) return [shape];
  const pieces = operate(ClipType.Difference, grid, grid.paths(shape), blades).filter(worthKeeping);
  if (pieces.length < 2) return [shape];
  const crossings = [...crossingsOf(shape, stretches), ...chain];
  const heal = (ring: Ring): Pair[] => healed(ring, stretches, crossings);
  return pieces.map((piece) => polygonShape(heal(piece.points), piece.holes.map(heal)));
}

/** A thin blade along a–b, a little longer than it at both ends, so that corners of the chain are cut through. */
function bladeOf(grid: Grid, a: Pair, b: Pair): Path64[] {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length === 0) return [];
  const [ux, uy] = [((b[0] - a[0]) / length) * BLADE_PX, ((b[1] - a[1]) / length) * BLADE_PX];
  return [
    grid.path([
      [a[0] - ux - uy, a[1] - uy + ux],
      [b[0] + ux - uy, b[1] + uy + ux],
      [b[0] + ux + uy, b[1] + uy - ux],
      [a[0] - ux + uy, a[1] - uy - ux],
    ]),
  ];
}

/** Where the chain crosses the outline. */
function crossingsOf(shape: PolygonShape, stretches: readonly (readonly [Pair, Pair])[]): Pair[] {
  const edges = [shape.points, ...shape.holes].flatMap((ring) => [...ringEdges(ring)]);
  return stretches.flatMap(([a, b]) => {
    const near = boxGrow(ringBounds([a, b]), 1);
    return edges.flatMap(([p, q]) => {
      if (!boxesTouch(near, ringBounds([p, q]))) return [];
      const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], q[0] - p[0], q[1] - p[1]];
      const turn = rx * sy - ry * sx;
      const t = ((p[0] - a[0]) * sy - (p[1] - a[1]) * sx) / turn;
      const u = ((p[0] - a[0]) * ry - (p[1] - a[1]) * rx) / turn;
      const slack = 1e-9;
      if (!(t >= -slack && t <= 1 + slack && u >= -slack && u <= 1 + slack)) return [];
      return [[p[0] + u * sx, p[1] + u * sy] as const];
    });
  });
}

/** Both sides of a cut meet on the chain itself: nothing of the object is lost between them. */
function healed(
  ring: Ring,
  stretches: readonly (readonly [Pair, Pair])[],
  crossings: readonly Pair[],
): Pair[] {
  const placed = ring.map((pair): Pair => {
    const point = fromPair(pair);
    for (const [a, b] of stretches) {
      const at = nearestOnSegment(point, a, b);
      if (Math.hypot(at.x - pair[0], at.y - pair[1]) > 2 * BLADE_PX) continue;
      const [near, off] = nearest(pair, crossings);
      return near && off < CROSSING_PX ? near : [at.x, at.y];
    }
    return pair;
  });
  return placed.filter((pair, index) => {
    const before = placed.at(index - 1) ?? pair;
    return placed.length < 4 || pair[0] !== before[0] || pair[1] !== before[1];
  });
}

function nearest([x, y]: Pair, places: readonly Pair[]): [Pair | null, number] {
  let best: Pair | null = null;
  let off = Infinity;
  for (const place of places) {
    const away = Math.hypot(place[0] - x, place[1] - y);
    if (away < off) [best, off] = [place, away];
  }
  return [best, off];
}
