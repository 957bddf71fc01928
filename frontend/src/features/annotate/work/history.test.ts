import { describe, expect, it } from 'vitest';

import { labelsToWire } from '@/canvas/document/wire';
import { stateOf, type Region } from '@/canvas/document/model';
import { boxShape } from '@/canvas/geometry/shapes/box';
import type { Label } from '@/types/api';

import { compareWith, isSameAsNow } from './compared';
import { changeWords, whoMade } from './history-words';

const none = { added: 0, removed: 0, changed: 0, relabelled: 0, tags_added: 0, tags_removed: 0 };

describe('what a revision changed, in words', () => {
  it.each([
    [{}, 'Nothing changed'],
    [{ added: 3 }, '+3 objects'],
    [{ added: 3, removed: 1, changed: 2 }, '+3 objects, −1, 2 changed'],
    [{ removed: 1 }, '−1 object'],
    [{ relabelled: 2, tags_added: 1 }, '2 objects relabelled, 1 tag changed'],
  ])('%o', (changes, said) => {
    expect(changeWords({ changes: { ...none, ...changes } })).toBe(said);
  });
});

describe('whose work a revision is', () => {
  const author = { id: 'p', name: 'Ada' };
  it.each([
    [{ policy_id: 'x', merged_of: null, source: 'model', author: null }, 'Auto-approval'],
    [{ policy_id: null, merged_of: null, source: 'model', author }, 'Accepted from the model'],
    [{ policy_id: null, merged_of: null, source: 'person', author }, 'Ada'],
    [{ policy_id: null, merged_of: 3, source: 'person', author: null }, '3 people, put together'],
  ] as const)('%o', (entry, said) => {
    expect(whoMade({ ...entry, of_test: false })).toBe(said);
  });

  it('is told of one’s own hidden task as what it is', () => {
    const entry = { policy_id: null, merged_of: null, source: 'person', author, of_test: true } as const;
    expect(whoMade(entry)).toBe('Your test answer');
  });
});

const region = (id: string, x1: number): Region => ({
  id,
  labelId: 'a',
  shape: boxShape({ x1, y1: 0, x2: x1 + 10, y2: 10 }),
  attributes: {},
  source: 'person',
  suggestionId: null,
  score: null,
  hidden: false,
  locked: false,
  zIndex: 0,
  occluded: false,
  groupId: null,
});
const known = new Map([['a', { id: 'a', name: 'pallet' } as Label]]);

describe('a revision beside the present', () => {
  const then = labelsToWire(stateOf({ regions: [region('1', 0), region('2', 20)] }));

  it('tells what restoring it would do', () => {
    const now = stateOf({ regions: [region('2', 25), region('3', 50)] });
    const { comesBack, goes, changes, same, rows } = compareWith(4, then, now, known);
    expect([comesBack.length, goes.length, changes.length, same.length]).toEqual([1, 1, 1, 0]);
    expect(rows.regions.map((row) => row.id)).toEqual(['1', '2']);
  });

  it('is the same where only the eye or the lock differs', () => {
    const now = stateOf({ regions: [{ ...region('1', 0), hidden: true }, region('2', 20)] });
    expect(isSameAsNow(compareWith(4, then, now, known))).toBe(true);
  });

  it('leaves out what the project has no label for any more', () => {
    const compared = compareWith(4, then, stateOf({}), new Map());
    expect([compared.rows.regions.length, compared.leftOut]).toEqual([0, 2]);
  });
});
