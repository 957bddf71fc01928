/** Which pixels belong to an outline or a brush stroke: those whose middle lies inside. */

import type { Pair } from './points';
import { ringBounds, ringEdges, type Ring } from './polygon';
import { NO_SPANS, unite, type Spans } from './spans';

/** The first pixel whose middle is not below `edge`; never minus zero, which JSON does not keep. */
const firstFrom = (edge: number): number => Math.ceil(edge - 0.5) + 0;

/** First and last-but-one whole pixel whose middle lies in `low..high`. */
const rowsOf = (low: number, high: number): [number, number] => [firstFrom(low), Math.floor(high - 0.5) + 1];

/** The pixels inside rings, even-odd: holes are rings too. */
export function ringsToSpans(rings: readonly Ring[]): Spans {
  const [x1, x2] = rings.reduce<[number, number]>(
    ([low, high], ring) => {
      const bounds = ringBounds(ring);
      return ring.length ? [Math.min(low, bounds.x1), Math.max(high, bounds.x2)] : [low, high];
    },
    [Infinity, -Infinity],
  );
  if (!(x2 > x1)) return NO_SPANS;
  const [first, end] = rowsOf(x1, x2);
  const crossings: number[][] = Array.from({ length: Math.max(0, end - first) }, () => []);
  for (const ring of rings) for (const [a, b] of ringEdges(ring)) crossColumns(a, b, first, crossings);
  const columns = crossings.map(runsOf);
  return unite({ x: first, columns }, NO_SPANS);
}

/** Notes where the edge a–b crosses the middles of columns; an edge owns its left end, not its right. */
function crossColumns(a: Pair, b: Pair, first: number, crossings: number[][]): void {
  const [left, right] = a[0] <= b[0] ? [a, b] : [b, a];
  const slope = (right[1] - left[1]) / (right[0] - left[0]);
  for (let column = Math.ceil(left[0] - 0.5); column + 0.5 < right[0]; column += 1) {
    crossings[column - first]?.push(left[1] + (column + 0.5 - left[0]) * slope);
  }
}

function runsOf(ys: number[]): number[] {
  ys.sort((a, b) => a - b);
  const runs: number[] = [];
  for (let index = 0; index + 1 < ys.length; index += 2) {
    const [from, to] = [firstFrom(ys[index] ?? 0), firstFrom(ys[index + 1] ?? 0)];
    if (to <= from) continue;
    if (runs[runs.length - 1] === from) runs[runs.length - 1] = to;
    else runs.push(from, to);
  }
  return runs;
}

export type Brush = { readonly px: number; readonly shape: 'round' | 'square' };

/** The brush's middle as it paints: on a pixel's middle for odd sizes, on a corner for even ones. */
export function brushCentre([x, y]: Pair, { px }: Brush): Pair {
  return Math.round(px) % 2 === 1
    ? [Math.floor(x) + 0.5, Math.floor(y) + 0.5]
    : [Math.round(x), Math.round(y)];
}

/** The pixels that a brush covers on its way along a chain of points. */
export function strokeToSpans(chain: readonly Pair[], brush: Brush): Spans {
  const points = chain.map((pair) => brushCentre(pair, brush));
  const [only] = points;
  if (!only) return NO_SPANS;
  if (points.length === 1) return sweep(only, only, brush);
  return points.slice(1).reduce((sum, b, index) => unite(sum, sweep(points[index] ?? b, b, brush)), NO_SPANS);
}

function sweep(a: Pair, b: Pair, { px, shape }: Brush): Spans {
  const radius = px / 2;
  const extent = shape === 'round' ? roundExtent : squareExtent;
  const [first, end] = rowsOf(Math.min(a[0], b[0]) - radius, Math.max(a[0], b[0]) + radius);
  const columns = Array.from({ length: Math.max(0, end - first) }, (_, index) => {
    const [low, high] = extent(a, b, radius, first + index + 0.5);
    const [from, to] = rowsOf(low, high);
    return to > from ? [from, to] : [];
  });
  return unite({ x: first, columns }, NO_SPANS);
}

/** Lowest and highest y at column `x` of everything within `radius` of the stretch a–b. */
function roundExtent(a: Pair, b: Pair, radius: number, x: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const [cx, cy] of [a, b]) {
    const rest = radius * radius - (x - cx) * (x - cx);
    if (rest < 0) continue;
    low = Math.min(low, cy - Math.sqrt(rest));
    high = Math.max(high, cy + Math.sqrt(rest));
  }
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length === 0 || b[0] === a[0]) return [low, high];
  const [ux, uy] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  for (const side of [-1, 1]) {
    const [nx, ny] = [-uy * side * radius, ux * side * radius];
    const t = (x - a[0] - nx) / (b[0] - a[0]);
    if (t < 0 || t > 1) continue;
    const y = a[1] + t * (b[1] - a[1]) + ny;
    [low, high] = [Math.min(low, y), Math.max(high, y)];
  }
  return [low, high];
}

/** The same of a square of half side `radius` carried along a–b. */
function squareExtent(a: Pair, b: Pair, radius: number, x: number): [number, number] {
  const run = b[0] - a[0];
  const at = (edge: number): number => (run === 0 ? 0 : Math.min(1, Math.max(0, (edge - a[0]) / run)));
  const ends = run === 0 ? [0, 1] : [at(x - radius), at(x + radius)];
  const ys = ends.map((t) => a[1] + t * (b[1] - a[1]));
  return [Math.min(...ys) - radius, Math.max(...ys) + radius];
}
