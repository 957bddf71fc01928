import { describe, expect, it } from 'vitest';

import type { WireRegion, WireSuggestion } from '@/canvas/document/wire';

import { countsOf, diffAgainstBase, diffAgainstSuggestions } from './diff';
import {
  aimedAt,
  decided,
  decidedCount,
  goneIds,
  move,
  perMinute,
  START,
  toggle,
  withoutIds,
} from './grid-state';

const region = (id: string, x = 0, more: Partial<WireRegion> = {}): WireRegion => ({
  region_id: id,
  label_id: 'l',
  shape: 'box',
  geometry: { box: [x, 0, x + 1, 1] },
  ...more,
});

describe('diff', () => {
  it('against the revision before', () => {
    const rows = diffAgainstBase(
      [region('a'), region('b'), region('c')],
      [region('a'), region('b', 3), region('d')],
    );
    expect(rows.map((row) => [row.id, row.status])).toEqual([
      ['a', 'kept'],
      ['b', 'changed'],
      ['d', 'added'],
      ['c', 'removed'],
    ]);
  });

  it('against suggestions: only what a person rejected counts as removed', () => {
    const offered = (id: string, state: string, shape = 'box'): WireSuggestion => ({
      id,
      label_id: 'l',
      shape,
      geometry: { box: [0, 0, 1, 1] },
      score: 0.5,
      state,
    });
    const rows = diffAgainstSuggestions(
      [
        offered('1', 'accepted'),
        offered('2', 'fixed'),
        offered('3', 'rejected'),
        offered('4', 'rejected', 'tag'),
      ],
      [
        region('a', 0, { suggestion_id: '1', source: 'model' }),
        region('b', 0, { suggestion_id: '2', source: 'person' }),
        region('c'),
      ],
    );
    expect(countsOf(rows)).toEqual({ kept: 1, changed: 1, added: 1, removed: 1 });
  });
});

describe('grid', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];

  it('decides what is picked, else what the cursor is on', () => {
    const at = move(START, 1, ids, false);
    expect(aimedAt(at, ids)).toEqual(['b']);
    const range = move(move(at, 1, ids, true), 1, ids, true);
    expect(aimedAt(range, ids)).toEqual(['b', 'c', 'd']);
    expect(aimedAt(move(range, -1, ids, true), ids)).toEqual(['b', 'c']);
    expect(aimedAt(toggle(at, 4, ids), ids)).toEqual(['e']);
  });

  it('keeps the cursor in place, counts, and takes a batch back', () => {
    const before = move(START, 4, ids, false);
    const after = decided(before, { ids: ['a', 'e'], verdict: 'accepted', at: 1000 }, ids);
    expect(after.at).toBe(2);
    expect([...goneIds(after)]).toEqual(['a', 'e']);
    expect([perMinute(after, 30_000), perMinute(after, 90_000), decidedCount(after)]).toEqual([2, 0, 2]);
    expect(withoutIds(after, new Set(['a', 'e'])).batches).toEqual([]);
  });
});
