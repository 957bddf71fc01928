/**
 * Points of two outlines that belong together, for shapes between two keyframes; `backend/core/between.py` does
 * the same. The cases both must answer alike are `tests/vectors/tracks.json`.
 */

import type { Pair } from './points';
import { ringSignedArea, type Ring } from './polygon';

export type Matched = readonly (readonly [Pair, Pair])[];

/** Outlines of one length are matched vertex by vertex up to here: every turn of one against the other is tried. */
const SAME_COUNT_MAX = 256;
/** Places compared to find where one outline begins on the other, and how many beginnings are tried. */
const SAMPLES = 64;
const STARTS_MAX = 128;
/** Two beginnings that fit this nearly alike are the same to a person: the earlier one is taken. */
const TIE_SHARE = 1e-9;
/** Places on an outline closer than this share of its length are one. */
const SAME_PLACE = 1e-9;

/**
 * Points of two closed outlines that belong together, going round the first from its first vertex.
 *
 * With equally many vertices, vertex by vertex from the best-aligned start: what was not moved stands still. Else
 * both are resampled: each vertex of either, with the place on the other as far along its length from the
 * best-aligned start. The second is taken the other way round where it was drawn so.
 */
export function ringsMatched(one: Ring, given: Ring): Matched {
  const [head, ...rest] = given;
  const turned = head && ringSignedArea(one) * ringSignedArea(given) < 0 ? [head, ...rest.reverse()] : null;
  const other = turned ?? given;
  if (one.length === other.length && other.length <= SAME_COUNT_MAX) {
    const turn = best(one.map((_, at) => cost(one, begunAt(other, at))));
    const begun = begunAt(other, turn);
    return one.map((a, at) => [a, begun[at] ?? a]);
  }
  const [first, second] = [new Length(one, true), new Length(other, true)];
  const marks = Array.from({ length: SAMPLES }, (_, at) => at / SAMPLES);
  const fixed = marks.map((mark) => first.at(mark));
  const every = Math.ceil(other.length / STARTS_MAX);
  const starts = second.stops.slice(0, other.length).filter((_, at) => at % every === 0);
  const costs = starts.map((start) =>
    cost(
      fixed,
      marks.map((mark) => second.at((start + mark) % 1)),
    ),
  );
  const start = starts[best(costs)] ?? 0;
  const own = one.map((vertex, at): Place => ({ at: first.stops[at] ?? 0, a: vertex, b: null }));
  const theirs = other.map((vertex, at): Place => {
    const place = ((second.stops[at] ?? 0) - start + 1) % 1;
    return { at: place > 1 - SAME_PLACE ? 0 : place, a: null, b: vertex };
  });
  return merged(
    [...own, ...theirs],
    (place) => first.at(place),
    (place) => second.at((start + place) % 1),
  );
}

/** As `ringsMatched` for open lines, from end to end; the second is turned round where its ends lie nearer so. */
export function chainsMatched(one: Ring, given: Ring): Matched {
  const [a0, a1, b0, b1] = [one[0], one.at(-1), given[0], given.at(-1)];
  if (!a0 || !a1 || !b0 || !b1) return [];
  const other = gap(a0, b1) + gap(a1, b0) < gap(a0, b0) + gap(a1, b1) ? [...given].reverse() : given;
  if (one.length === other.length) return one.map((a, at) => [a, other[at] ?? a]);
  const [first, second] = [new Length(one, false), new Length(other, false)];
  const own = one.map((vertex, at): Place => ({ at: first.stops[at] ?? 0, a: vertex, b: null }));
  const theirs = other.map((vertex, at): Place => ({ at: second.stops[at] ?? 0, a: null, b: vertex }));
  return merged(
    [...own, ...theirs],
    (place) => first.at(place),
    (place) => second.at(place),
  );
}

/** A place (share of the length) with the vertices that lie there. */
type Place = { readonly at: number; a: Pair | null; b: Pair | null };

/** Places in order, each once. */
function merged(
  places: readonly Place[],
  onFirst: (place: number) => Pair,
  onSecond: (place: number) => Pair,
): Matched {
  const rows: Place[] = [];
  for (const place of [...places].sort((x, y) => x.at - y.at)) {
    const near = [rows.at(-1), rows[0]].find((row) => row && Math.abs(row.at - place.at) <= SAME_PLACE);
    if (!near || (place.a && near.a) || (place.b && near.b)) rows.push({ ...place });
    else [near.a, near.b] = [near.a ?? place.a, near.b ?? place.b];
  }
  return rows.map(({ at, a, b }) => [a ?? onFirst(at), b ?? onSecond(at)]);
}

/** An outline measured along itself: `stops`, each vertex's share of the whole length; of a ring 1 at the end. */
class Length {
  readonly stops: readonly number[];
  private readonly points: Ring;

  constructor(points: Ring, isClosed: boolean) {
    const [head] = points;
    this.points = isClosed && head ? [...points, head] : points;
    const run = [0];
    this.points.slice(1).forEach((b, at) => {
      run.push((run[at] ?? 0) + Math.sqrt(gap(this.points[at] ?? b, b)));
    });
    const whole = run.at(-1) || 1;
    this.stops = run.map((each) => each / whole);
  }

  /** The point at that share of the length, 0..1. */
  at(place: number): Pair {
    let [low, high] = [0, this.stops.length];
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((this.stops[mid] ?? Infinity) <= place) low = mid + 1;
      else high = mid;
    }
    const index = Math.min(low, this.stops.length - 1);
    const [start, end] = [this.stops[index - 1] ?? 0, this.stops[index] ?? 0];
    const share = end > start ? (place - start) / (end - start) : 0;
    const [a, b] = [this.points[index - 1] ?? [0, 0], this.points[index] ?? [0, 0]];
    return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
  }
}

const begunAt = (ring: Ring, at: number): Ring => [...ring.slice(at), ...ring.slice(0, at)];

/** Squared distance. */
function gap(a: Pair, b: Pair): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  return dx * dx + dy * dy;
}

const cost = (one: Ring, other: Ring): number => one.reduce((sum, a, at) => sum + gap(a, other[at] ?? a), 0);

/** Index of the smallest; of those that are nearly alike, the first. */
function best(costs: readonly number[]): number {
  const limit = Math.min(...costs) + TIE_SHARE * Math.max(...costs);
  return costs.findIndex((each) => each <= limit);
}
