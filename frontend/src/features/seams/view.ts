/** What is chosen at a seam, what may be said of it, and on which frames it is looked at. Plain functions. */
import type { Link, Pair, Piece, Seam } from './api';

/** Region ids of a track of the earlier part and one of the later part. */
export type Choice = { readonly earlier: string | null; readonly later: string | null };
export type Side = keyof Choice;

/** What a choice is by now. */
export type Chosen = {
  earlier: Piece | null;
  later: Piece | null;
  pair: Pair | null;
  link: Link | null;
};

export function chosenIn(seam: Seam, choice: Choice): Chosen {
  const is = (earlier?: string, later?: string) => earlier === choice.earlier && later === choice.later;
  const find = (side: Side) =>
    [...seam[side], ...seam.pairs.map((pair) => pair[side])].find(
      ({ region_id }) => region_id === choice[side],
    ) ?? null;
  return {
    earlier: find('earlier'),
    later: find('later'),
    pair: seam.pairs.find(({ earlier, later }) => is(earlier.region_id, later.region_id)) ?? null,
    link: seam.links.find(({ earlier_region, later_region }) => is(earlier_region, later_region)) ?? null,
  };
}

/** The pair that is looked at first: the most doubtful one, else the tracks left over nearest to the seam. */
export function firstChoice({ pairs: [pair], earlier: [one], later: [other] }: Seam): Choice {
  return {
    earlier: (pair?.earlier ?? one)?.region_id ?? null,
    later: (pair?.later ?? other)?.region_id ?? null,
  };
}

/** A track that is left over is chosen, beside one left over on the other side; chosen again, it is let go. */
export function withPiece(seam: Seam, choice: Choice, side: Side, regionId: string): Choice {
  const other = side === 'earlier' ? 'later' : 'earlier';
  const isLeft = seam[other].some(({ region_id }) => region_id === choice[other]);
  const here = choice[side] === regionId ? null : regionId;
  const there = isLeft ? choice[other] : null;
  return side === 'earlier' ? { earlier: here, later: there } : { earlier: there, later: here };
}

export const areAlike = (one: Piece, other: Piece) =>
  one.label_id === other.label_id && one.shape === other.shape;

/** What may be said of the chosen ones; undefined: nothing would change, or it would be refused. */
export function sayable({ earlier, later, pair, link }: Chosen): {
  join: boolean;
  part: boolean;
  forget: boolean;
} {
  const canBeOne = earlier !== null && later !== null && areAlike(earlier, later);
  return { join: canBeOne && pair === null, part: pair !== null, forget: link !== null };
}

/** Indexes into the seam's frames on which all of these tracks are there. */
export function framesWith(seam: Seam, pieces: readonly Piece[]): number[] {
  return seam.frames.flatMap((_, at) => (pieces.every(({ boxes }) => boxes[at]) ? [at] : []));
}

/** The index nearest to the middle of the seam's frames. */
export function middleOf(seam: Seam, indexes: readonly number[]): number | undefined {
  const middle = (seam.frames.length - 1) / 2;
  return [...indexes].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
}
