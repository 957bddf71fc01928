/** The grid's own logic, without a screen: where the cursor is, what is picked, what was decided. Pure. */
import type { GridVerdict } from './api';

export type Batch = { ids: readonly string[]; verdict: GridVerdict; at: number };
export type GridState = {
  at: number;
  picked: ReadonlySet<string>;
  /** Where a range of picks began. */
  anchor: number | null;
  batches: readonly Batch[];
};

export const START: GridState = { at: 0, picked: new Set(), anchor: null, batches: [] };
const MINUTE_MS = 60_000;

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

/** After a verdict the cursor stays in place: the next ones move up under it. */
export function decided(state: GridState, batch: Batch, ids: readonly string[]): GridState {
  const gone = new Set(batch.ids);
  const before = ids.slice(0, state.at).filter((id) => gone.has(id)).length;
  const left = ids.length - gone.size;
  const at = Math.min(Math.max(0, state.at - before), Math.max(0, left - 1));
  return { at, picked: new Set(), anchor: null, batches: [...state.batches, batch] };
}

export const goneIds = (state: GridState): Set<string> =>
  new Set(state.batches.flatMap((batch) => batch.ids));

export const decidedCount = (state: GridState): number =>
  state.batches.reduce((sum, batch) => sum + batch.ids.length, 0);

/** Decided in the last minute; counted from the first one while that is less than a minute ago. */
export function perMinute(state: GridState, now: number): number {
  return state.batches
    .filter((batch) => now - batch.at <= MINUTE_MS)
    .reduce((sum, batch) => sum + batch.ids.length, 0);
}

/** Without ids the server would not decide. */
export function withoutIds(state: GridState, ids: ReadonlySet<string>): GridState {
  const batches = state.batches
    .map((batch) => ({ ...batch, ids: batch.ids.filter((id) => !ids.has(id)) }))
    .filter((batch) => batch.ids.length > 0);
  return { ...state, batches };
}
