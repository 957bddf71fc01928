import { describe, expect, it } from 'vitest';

import type { WireRegion, WireSuggestion } from '@/canvas/document/wire';

import { countsOf, diffAgainstBase, diffAgainstSuggestions } from './diff';
import {
  aimedAt,
  decided,
  leftOff,
  mergedRows,
  move,
  perMinute,
  rangeTo,
  relisted,
  START,
  toggle,
  undone,
  verdictsOf,
  withoutIds,
  type Batch,
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

  const batch = (key: number, ids: string[], verdict: Batch['verdict'] = 'accepted', at = 1000): Batch => ({
    key,
    ids,
    verdict,
    at,
  });

  it('leaves what is decided in its place and goes on to the next that is not', () => {
    const first = decided(move(START, 3, ids, false), batch(1, ['d']), ids);
    expect([first.at, [...verdictsOf(first)]]).toEqual([4, [['d', 'accepted']]]);
    const second = decided(first, batch(2, ['e']), ids);
    expect(second.at).toBe(0);
    expect([perMinute(second, 30_000), perMinute(second, 90_000)]).toEqual([2, 0]);
    const all = decided(second, batch(3, ['a', 'b', 'c'], 'rejected'), ids);
    expect([all.at, verdictsOf(all).size]).toEqual([0, 5]);
  });

  it('takes the last decision back where it was made, to what stood before', () => {
    const before = decided(START, batch(1, ['a', 'b']), ids);
    const changed = decided({ ...before, at: 1 }, batch(2, ['b'], 'rejected'), ids);
    expect([changed.at, verdictsOf(changed).get('b')]).toEqual([2, 'rejected']);
    const back = undone(changed, ids);
    expect([back.at, verdictsOf(back).get('b')]).toEqual([1, 'accepted']);
    expect([undone(back, ids).at, verdictsOf(undone(back, ids)).size]).toEqual([0, 0]);
  });

  it('forgets what the server would not decide, in one decision or in all', () => {
    const twice = decided(decided(START, batch(1, ['a', 'b']), ids), batch(2, ['b'], 'rejected'), ids);
    expect([...verdictsOf(withoutIds(twice, new Set(['b']), 2))]).toEqual([
      ['a', 'accepted'],
      ['b', 'accepted'],
    ]);
    expect([...verdictsOf(withoutIds(twice, new Set(['b']), 2, true))]).toEqual([['a', 'accepted']]);
  });

  it('a list that is asked for again keeps the order, and what was decided here', () => {
    const rows = (names: string) => [...names].map((id) => ({ id }));
    const merged = mergedRows(rows('abcd'), rows('cdef'), new Map([['a', 'accepted']]));
    expect(merged.map(({ id }) => id).join('')).toBe('acdef');
  });

  it('the cursor stays on its crop when others go, and is at the first of another list', () => {
    const state = rangeTo({ ...START, at: 2, anchor: 1 }, 3, ids);
    const fewer = relisted(state, ids, ['b', 'd', 'e']);
    expect([fewer.at, fewer.anchor, [...fewer.picked]]).toEqual([1, 0, ['b', 'd']]);
    expect(relisted({ ...START, at: 2 }, ids, ['a', 'b', 'd', 'e']).at).toBe(2);
    expect(relisted({ ...START, at: 4 }, ids, ['a', 'b']).at).toBe(1);
    expect(relisted(state, ids, ['x', 'y'])).toMatchObject({ at: 0, anchor: null, picked: new Set() });
    expect(relisted({ ...START, at: 3 }, ids, [...ids, 'f']).at).toBe(3);
  });

  it('leaves off whole rows far above the cursor, many at a time', () => {
    expect([0, 200, 407, 408, 600, 1000].map((at) => leftOff(at, 8))).toEqual([0, 0, 200, 200, 400, 800]);
    expect(leftOff(500, 7) % 7).toBe(0);
  });
});
