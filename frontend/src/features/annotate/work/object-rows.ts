/** The rows of the object list: made from the document, narrowed, sorted, and walked through. Pure. */
import type { Region, Source, Track } from '@/canvas/document/model';
import type { Label } from '@/types/api';

import { missingIn } from './attributes';

export type Thing = Region | Track;

export type ObjectRow = {
  readonly item: Thing;
  readonly name: string;
  /** Counted per label in the order in which they were drawn. */
  readonly number: number;
  /** Names of required attributes without a value. */
  readonly missing: readonly string[];
  /** 1 for the first group of the picture, 0 outside any. */
  readonly group: number;
};

export type ObjectOrder = 'front' | 'label' | 'drawn';

export type ObjectFilter = {
  readonly text: string;
  readonly labelIds: readonly string[];
  readonly sources: readonly Source[];
  readonly states: readonly ObjectState[];
};
export type ObjectState = 'missing' | 'occluded' | 'hidden' | 'locked' | 'grouped';

export const NO_FILTER: ObjectFilter = { text: '', labelIds: [], sources: [], states: [] };

export const isFiltering = ({ text, labelIds, sources, states }: ObjectFilter): boolean =>
  text.trim() !== '' || labelIds.length + sources.length + states.length > 0;

export const isTrack = (item: Thing): item is Track => 'keyframes' in item;
/** A track is covered where any of its stated places is. */
export const isOccluded = (item: Thing): boolean =>
  isTrack(item) ? item.keyframes.some((each) => each.occluded) : item.occluded;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Objects are values that never change, so what was worked out about one holds as long as its label does. */
let known = new WeakMap<Thing, readonly string[]>();
let knownFor: ReadonlyMap<string, Label> | null = null;

function missingNames(item: Thing, labels: ReadonlyMap<string, Label>): readonly string[] {
  if (knownFor !== labels) {
    known = new WeakMap();
    knownFor = labels;
  }
  let names = known.get(item);
  if (!names) {
    names = missingIn(labels.get(item.labelId), item).map(({ attribute }) => attribute.name);
    known.set(item, names);
  }
  return names;
}

/** All objects in the order in which they were drawn (ids rise with time). */
export function objectRows(
  things: Iterable<Thing>,
  labels: ReadonlyMap<string, Label>,
  unknown: string,
): ObjectRow[] {
  const drawn = [...things].sort((a, b) => compare(a.id, b.id));
  const numbers = new Map<string, number>();
  const groups = new Map<string, number>();
  return drawn.map((item) => {
    const number = (numbers.get(item.labelId) ?? 0) + 1;
    numbers.set(item.labelId, number);
    const groupId = isTrack(item) ? null : item.groupId;
    if (groupId && !groups.has(groupId)) groups.set(groupId, groups.size + 1);
    return {
      item,
      number,
      name: labels.get(item.labelId)?.name ?? unknown,
      missing: missingNames(item, labels),
      group: groupId ? (groups.get(groupId) ?? 0) : 0,
    };
  });
}

const HOLDS: Readonly<Record<ObjectState, (row: ObjectRow) => boolean>> = {
  missing: (row) => row.missing.length > 0,
  occluded: (row) => isOccluded(row.item),
  hidden: (row) => row.item.hidden,
  locked: (row) => row.item.locked,
  grouped: (row) => row.group > 0,
};

/** Rows that fit the text and one of each kind of condition asked for. */
export function narrowed(rows: readonly ObjectRow[], filter: ObjectFilter): readonly ObjectRow[] {
  if (!isFiltering(filter)) return rows;
  const text = filter.text.trim().toLowerCase();
  const { labelIds, sources, states } = filter;
  return rows.filter((row) => {
    const { item } = row;
    if (labelIds.length > 0 && !labelIds.includes(item.labelId)) return false;
    if (sources.length > 0 && !sources.includes(item.source)) return false;
    if (states.length > 0 && !states.some((state) => HOLDS[state](row))) return false;
    return text === '' || textOf(row).includes(text);
  });
}

/** Name with number, and what was said about it. */
function textOf({ name, number, item }: ObjectRow): string {
  const said = Object.values(item.attributes).filter((value) => typeof value !== 'boolean');
  return [`${name} ${number}`, ...said].join('\n').toLowerCase();
}

const heightOf = (item: Thing): number => (isTrack(item) ? Infinity : item.zIndex);

/** In front first, by label and number, or newest first. `rows` come as drawn. */
export function sorted(rows: readonly ObjectRow[], order: ObjectOrder): readonly ObjectRow[] {
  const newest = [...rows].reverse();
  if (order === 'drawn') return newest;
  if (order === 'front') {
    return newest.sort((a, b) => {
      const [x, y] = [heightOf(a.item), heightOf(b.item)];
      return x === y ? 0 : y - x;
    });
  }
  return [...rows].sort((a, b) => a.name.localeCompare(b.name) || a.number - b.number);
}

/** Ids from one row to another, both included, in the order of the list; `to` alone where `from` is not shown. */
export function between(rows: readonly ObjectRow[], from: string | null, to: string): string[] {
  const a = rows.findIndex((row) => row.item.id === from);
  const b = rows.findIndex((row) => row.item.id === to);
  if (a < 0 || b < 0) return [to];
  return rows.slice(Math.min(a, b), Math.max(a, b) + 1).map((row) => row.item.id);
}

/** The row a key goes to from another, null for a key that goes nowhere. */
export function rowAfter(rows: readonly ObjectRow[], from: string | null, key: string): ObjectRow | null {
  const at = rows.findIndex((row) => row.item.id === from);
  const last = rows.length - 1;
  const to = {
    ArrowDown: Math.min(last, at + 1),
    ArrowUp: Math.max(0, at - 1),
    PageDown: Math.min(last, at + 10),
    PageUp: Math.max(0, at - 10),
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? null : (rows[to] ?? null);
}
