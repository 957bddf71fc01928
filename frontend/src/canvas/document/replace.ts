/**
 * From the document as it is to given labels in one step: a restored revision, an import, another save merged
 * in. Rows that stay as they are keep their identity; those that change keep what lives in the browser only.
 */

import type { DocState, Region, Suggestion, Tag, Track } from './model';
import { commandOf, drop, put, type Command, type Patch } from './patches';

export type LabelRows = {
  readonly regions: readonly Region[];
  readonly tracks: readonly Track[];
  readonly tags: readonly Tag[];
};

/** `keepOthers`: what the rows do not name stays (an import beside what is there). Null where nothing changes. */
export function replaceLabels(
  state: DocState,
  rows: LabelRows,
  name: string,
  { keepOthers = false }: { keepOthers?: boolean } = {},
): Command | null {
  const patches = [
    ...rowPatches('regions', state.regions, rows.regions, keepOthers),
    ...rowPatches('tracks', state.tracks, rows.tracks, keepOthers),
    ...tagPatches(state, rows.tags, keepOthers),
  ];
  return commandOf(name, [...patches, ...decisions(state, rows.regions)]);
}

function rowPatches<T extends 'regions' | 'tracks'>(
  table: T,
  before: DocState[T],
  rows: LabelRows[T],
  keepOthers: boolean,
): Patch[] {
  const named = new Set(rows.map((row) => row.id));
  const puts = rows.flatMap((row) => {
    const old = before.get(row.id) ?? null;
    const next = old ? { ...row, hidden: old.hidden, locked: old.locked } : row;
    return old && JSON.stringify(sortedRow(old)) === JSON.stringify(sortedRow(next))
      ? []
      : [put(table, old as never, next as never)];
  });
  if (keepOthers) return puts;
  const gone = [...before.values()].filter((row) => !named.has(row.id));
  return [...puts, ...gone.map((row) => drop(table, row as never))];
}

const sortedRow = (row: Region | Track) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));

function tagPatches(state: DocState, tags: readonly Tag[], keepOthers: boolean): Patch[] {
  const here = [...state.tags.values()];
  const held = new Set(here.map((tag) => tag.labelId));
  const wanted = new Set(tags.map((tag) => tag.labelId));
  const fresh = tags.filter((tag) => !held.has(tag.labelId)).map((tag) => put('tags', null, tag));
  if (keepOthers) return fresh;
  return [...fresh, ...here.filter((tag) => !wanted.has(tag.labelId)).map((tag) => drop('tags', tag))];
}

/** Open suggestions that the rows were made of are decided with them. */
function decisions(state: DocState, regions: readonly Region[]): Patch[] {
  const seen = new Set<string>();
  return regions.flatMap(({ id, source, suggestionId }) => {
    const suggestion = suggestionId === null ? undefined : state.suggestions.get(suggestionId);
    if (suggestion?.status !== 'open' || seen.has(suggestion.id)) return [];
    seen.add(suggestion.id);
    const status = source === 'model' ? 'accepted' : 'fixed';
    const decided: Suggestion = { ...suggestion, status, regionId: id };
    return [put('suggestions', suggestion, decided)];
  });
}
