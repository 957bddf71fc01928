/** What the map's pictures are coloured by, and which lie within a drawn loop. Pure, so that they can be tested. */
import type { MapColumns } from '@/features/learning/api';
import { LABEL_PALETTE } from '@/lib/label-palette';

export type ColorBy = 'label' | 'state' | 'split' | 'uncertainty' | 'camera';
/** One line of the legend, the pictures it stands for by index. */
export type Kind = { name: string; color: string; members: number[] };
export type Spot = { x: number; y: number };

export const NOTHING_COLOR = '#868e96';
/** No label is given it by itself. */
const MIXED_COLOR = '#c2255c';
/** From sure to unsure: dark blue to yellow, told apart by the colour-blind too. */
const RAMP = ['#3b4cc0', '#2a9d8f', '#8ab17d', '#e9c46a', '#e76f51'];
const KINDS_MAX = LABEL_PALETTE.length;

type Words = {
  none: Record<ColorBy, string>;
  several: string;
  others: string;
  state: Record<string, string>;
  split: Record<string, string>;
};

/** Every picture in exactly one kind; those without a value come last. */
export function kindsOf(columns: MapColumns, by: ColorBy, words: Words): Kind[] {
  if (by === 'uncertainty') return doubtKinds(columns.uncertainty, words.none.uncertainty);
  const value = valueOf(columns, by, words);
  const found = new Map<string, Kind>();
  const colors = new Map(columns.label_names.map(({ name, color }) => [name, color]));
  columns.assets.forEach((_, i) => {
    const name = value(i);
    const kind = found.get(name) ?? { name, color: '', members: [] };
    kind.members.push(i);
    found.set(name, kind);
  });
  const none = found.get(words.none[by]);
  const kinds = [...found.values()].filter((kind) => kind !== none);
  kinds.sort((a, b) => b.members.length - a.members.length);
  const shown = gathered(kinds, words.others);
  shown.forEach((kind, i) => {
    const own = by === 'label' ? (colors.get(kind.name) ?? MIXED_COLOR) : LABEL_PALETTE[i % KINDS_MAX];
    kind.color = own ?? NOTHING_COLOR;
  });
  return none ? [...shown, { ...none, color: NOTHING_COLOR }] : shown;
}

function valueOf(columns: MapColumns, by: Exclude<ColorBy, 'uncertainty'>, words: Words) {
  return (i: number): string => {
    if (by === 'label') {
      const [first, ...more] = columns.labels[i] ?? [];
      if (first === undefined) return words.none.label;
      return more.length > 0 ? words.several : (columns.label_names[first]?.name ?? words.none.label);
    }
    const raw = columns[by][i];
    if (!raw) return words.none[by];
    return by === 'camera' ? raw : (words[by][raw] ?? raw);
  };
}

/** More kinds than colours: the small ones share the last. */
function gathered(kinds: Kind[], name: string): Kind[] {
  if (kinds.length <= KINDS_MAX) return kinds;
  const rest = kinds.slice(KINDS_MAX - 1);
  return [
    ...kinds.slice(0, KINDS_MAX - 1),
    { name, color: '', members: rest.flatMap(({ members }) => members) },
  ];
}

/** Fifths of the pictures from sure to unsure, so that every colour is seen. */
function doubtKinds(doubts: readonly (number | null)[], none: string): Kind[] {
  const known = doubts.flatMap((value, i) => (value === null ? [] : [{ value, i }]));
  known.sort((a, b) => a.value - b.value);
  const size = Math.ceil(known.length / RAMP.length);
  const kinds = RAMP.flatMap((color, fifth): Kind[] => {
    const part = known.slice(fifth * size, (fifth + 1) * size);
    const [first, last] = [part[0], part.at(-1)];
    if (!first || !last) return [];
    const name = `${first.value.toFixed(2)} … ${last.value.toFixed(2)}`;
    return [{ name, color, members: part.map(({ i }) => i) }];
  });
  const unknown = doubts.flatMap((value, i) => (value === null ? [i] : []));
  return unknown.length > 0 ? [...kinds, { name: none, color: NOTHING_COLOR, members: unknown }] : kinds;
}

/** Indices of the places within a loop (even-odd); a loop of fewer than three corners holds none. */
export function within(
  places: { x: readonly number[]; y: readonly number[] },
  loop: readonly Spot[],
): number[] {
  if (loop.length < 3) return [];
  const found: number[] = [];
  places.x.forEach((x, i) => {
    if (isInside({ x, y: places.y[i] ?? 0 }, loop)) found.push(i);
  });
  return found;
}

function isInside(spot: Spot, loop: readonly Spot[]): boolean {
  let inside = false;
  let before = loop.at(-1);
  for (const corner of loop) {
    if (before && corner.y > spot.y !== before.y > spot.y) {
      const share = (spot.y - corner.y) / (before.y - corner.y);
      if (spot.x < corner.x + share * (before.x - corner.x)) inside = !inside;
    }
    before = corner;
  }
  return inside;
}

/** The place nearest to a spot within `reach`; null where none is. */
export function nearest(
  places: { x: readonly number[]; y: readonly number[] },
  spot: Spot,
  reach: number,
): number | null {
  let best: number | null = null;
  let least = reach * reach;
  places.x.forEach((x, i) => {
    const away = (x - spot.x) ** 2 + ((places.y[i] ?? 0) - spot.y) ** 2;
    if (away <= least) {
      least = away;
      best = i;
    }
  });
  return best;
}
