import { expect, it } from 'vitest';

import type { Dataset } from '@/features/datasets/api';
import { classRows, warnings } from '@/features/datasets/counts';

const split = (items: number, labels: Record<string, { items: number; regions: number }>, blind = 0) => ({
  items,
  regions: 0,
  blind,
  empty: 0,
  videos: 0,
  groups: items,
  labels,
});

const version = {
  state: 'frozen',
  labels: [
    { id: 'a', name: 'person', color: '#111' },
    { id: 'b', name: 'hat', color: '#222' },
    { id: 'c', name: 'blocked', color: '#333' },
  ],
  counts: {
    splits: {
      train: split(10, { a: { items: 8, regions: 20 }, c: { items: 3, regions: 0 } }),
      test: split(4, { a: { items: 2, regions: 5 }, gone: { items: 1, regions: 1 } }),
    },
  },
} as unknown as Dataset;

it('counts objects by label and split, most first, with labels that have none', () => {
  const rows = classRows(version);
  expect(rows.map(({ name, total }) => [name, total])).toEqual([
    ['person', 25],
    ['blocked', 3],
    ['a removed label', 1],
    ['hat', 0],
  ]);
  expect(rows[0]?.objects).toEqual({ train: 20, val: 0, test: 5 });
});

it('says what a training and its comparison will miss', () => {
  expect(warnings(version)).toEqual([
    expect.stringContaining('No blind picture'),
    'Not in train at all: a removed label, hat.',
  ]);
  expect(warnings({ ...version, state: 'freezing' })).toEqual([]);
});
