/** The grid's own logic, without a screen: where the cursor is, what is picked, what was decided. Pure. */
import type { GridVerdict } from './api';

export type Batch = { key: number; ids: readonly string[]; verdict: GridVerdict; at: number };
export type GridState = {
  at: number;
  picked: ReadonlySet<string>;
  /** Where a range of picks began. */
  anchor: number | null;
  /** In the order they were made: of a suggestion decided twice the later one stands. */
  batches: readonly Batch[];
};
export type Verdicts = ReadonlyMap<string, GridVerdict>;

export const START: GridState = { at: 0, picked: new Set(), anchor: null, batches: [] };
const MINUTE_MS = 60_000;
/** Crops above the cursor that stay on the page, at least; more go many at a time. */
const KEPT_ABOVE = 200;

/** Moves the cursor; `extends` picks everything between where the range began and the cursor. */
export function move(state: GridState, by: number, ids: readonly string[], extendsRange: boolean): GridState {
  const at = Math.min(Math.max(state.at + by, 0), Math.max(0, ids.length - 1));
  if (!extendsRange) return { ...state, at, anchor: null, picked: new Set() };
  return rangeTo({ ...state, anchor: state.anchor ?? state.at }, at, ids);
}

export function rangeTo(state: GridState, at: number, ids: readonly string[]): GridState {
  const anchor = state.anchor ?? state.at;
  const [from, to] = anchor < at ? [anchor, at] : [at, anchor];
  return { ...state, at, anchor, picked: new Set(ids.slice(from, to + 1)) };
}

export function toggle(state: GridState, at: number, ids: readonly string[]): GridState {
  const id = ids[at];
  if (id === undefined) return state;
  const picked = new Set(state.picked);
  if (!picked.delete(id)) picked.add(id);
  return { ...state, at, anchor: at, picked };
}

/** What a verdict is on: the picks, else the one under the cursor. */
export function aimedAt(state: GridState, ids: readonly string[]): string[] {
  const picked = ids.filter((id) => state.picked.has(id));
  const here = ids[state.at];
  return picked.length > 0 ? picked : here === undefined ? [] : [here];
}

export const verdictsOf = ({ batches }: GridState): Verdicts =>
  new Map(batches.flatMap(({ ids, verdict }) => ids.map((id) => [id, verdict] as const)));

/** What was decided stays in its place, marked, and the cursor goes to the next that is not: nothing moves. */
export function decided(state: GridState, batch: Batch, ids: readonly string[]): GridState {
  const batches = batch.ids.length > 0 ? [...state.batches, batch] : state.batches;
  const next = { ...state, picked: new Set<string>(), anchor: null, batches };
  const done = verdictsOf(next);
  const isOpen = (id: string): boolean => !done.has(id);
  const ahead = ids.findIndex((id, index) => index > state.at && isOpen(id));
  const any = ahead >= 0 ? ahead : ids.findIndex(isOpen);
  return { ...next, at: any >= 0 ? any : state.at };
}

/** The last decision is taken back: the cursor is where it was made. */
export function undone(state: GridState, ids: readonly string[]): GridState {
  const last = state.batches.at(-1);
  const at = ids.findIndex((id) => last?.ids.includes(id));
  return {
    at: at >= 0 ? at : state.at,
    picked: new Set(),
    anchor: null,
    batches: state.batches.slice(0, -1),
  };
}

/** Decided in the last minute; counted from the first one while that is less than a minute ago. */
export function perMinute(state: GridState, now: number): number {
  return state.batches
    .filter((batch) => now - batch.at <= MINUTE_MS)
    .reduce((sum, batch) => sum + batch.ids.length, 0);
}

/** Without ids the server would not decide, in the batch of that `key`; `andBefore`: in those before it too. */
export function withoutIds(
  state: GridState,
  ids: ReadonlySet<string>,
  key: number,
  andBefore = false,
): GridState {
  const batches = state.batches
    .map((batch) =>
      batch.key === key || (andBefore && batch.key < key)
        ? { ...batch, ids: batch.ids.filter((id) => !ids.has(id)) }
        : batch,
    )
    .filter((batch) => batch.ids.length > 0);
  return { ...state, batches };
}

/** What is shown after the list was asked for again: what others decided has gone, what was decided here stays. */
export function mergedRows<Row extends { id: string }>(
  shown: readonly Row[],
  fresh: readonly Row[],
  verdicts: Verdicts,
): Row[] {
  const now = new Map(fresh.map((row) => [row.id, row]));
  const kept = shown.filter(({ id }) => now.has(id) || verdicts.has(id));
  for (const { id } of kept) now.delete(id);
  return [...kept, ...now.values()];
}

/**
 * After the list became another: the cursor stays on its crop, or goes to the next one that is still there, or to the
 * first of a list without any of the former.
 */
export function relisted(state: GridState, before: readonly string[], now: readonly string[]): GridState {
  const places = new Map(now.map((id, index) => [id, index]));
  const stays = (ids: readonly string[]): number | undefined =>
    ids.map((id) => places.get(id)).find((index) => index !== undefined);
  const at = stays(before.slice(state.at)) ?? stays(before.slice(0, state.at).reverse()) ?? 0;
  const anchor = state.anchor === null ? null : (places.get(before[state.anchor] ?? '') ?? null);
  return { ...state, at, anchor, picked: new Set([...state.picked].filter((id) => places.has(id))) };
}

/** How many crops above the cursor are left off the page: whole rows, and seldom another number. */
export function leftOff(at: number, columns: number): number {
  const chunk = columns * Math.ceil(KEPT_ABOVE / columns);
  return Math.floor(Math.max(0, at - KEPT_ABOVE) / chunk) * chunk;
}
