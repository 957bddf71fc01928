/** What a revision did with what was there before: kept, changed, added or removed, object by object. Pure. */
import type { WireRegion, WireSuggestion } from '@/canvas/document/wire';

export type DiffStatus = 'kept' | 'changed' | 'added' | 'removed';
export type DiffRow = { id: string; status: DiffStatus; region: WireRegion };

/** Colour-blind-safe, readable on pictures. */
export const DIFF_COLORS: Record<DiffStatus, string> = {
  kept: '#9aa5ad',
  changed: '#E69F00',
  added: '#3fbfb2',
  removed: '#ff5c5c',
};

const same = (a: WireRegion, b: WireRegion): boolean =>
  a.label_id === b.label_id &&
  a.shape === b.shape &&
  JSON.stringify(a.geometry) === JSON.stringify(b.geometry) &&
  JSON.stringify(a.attributes ?? {}) === JSON.stringify(b.attributes ?? {});

/** Against the revision before, by region id. */
export function diffAgainstBase(base: readonly WireRegion[], now: readonly WireRegion[]): DiffRow[] {
  const before = new Map(base.map((row) => [row.region_id, row]));
  const after = new Set(now.map((row) => row.region_id));
  const rows = now.map((region): DiffRow => {
    const was = before.get(region.region_id);
    const status = was === undefined ? 'added' : same(was, region) ? 'kept' : 'changed';
    return { id: region.region_id, status, region };
  });
  const gone = base.filter((row) => !after.has(row.region_id));
  return [...rows, ...gone.map((region): DiffRow => ({ id: region.region_id, status: 'removed', region }))];
}

/** Against a model's suggestions, by the suggestion each region came from. Tags are not among the rows. */
export function diffAgainstSuggestions(
  suggestions: readonly WireSuggestion[],
  now: readonly WireRegion[],
): DiffRow[] {
  const used = new Set(now.map((row) => row.suggestion_id));
  const rows = now.map((region): DiffRow => {
    const status = !region.suggestion_id ? 'added' : region.source === 'model' ? 'kept' : 'changed';
    return { id: region.region_id, status, region };
  });
  const gone = suggestions.filter(
    (each) => !used.has(each.id) && each.state === 'rejected' && each.shape !== 'tag',
  );
  return [
    ...rows,
    ...gone.map(({ id, label_id, shape, geometry, score }): DiffRow => ({
      id,
      status: 'removed',
      region: { region_id: id, label_id, shape: shape as WireRegion['shape'], geometry, score },
    })),
  ];
}

export function countsOf(rows: readonly DiffRow[]): Record<DiffStatus, number> {
  const counts = { kept: 0, changed: 0, added: 0, removed: 0 };
  for (const row of rows) counts[row.status] += 1;
  return counts;
}
