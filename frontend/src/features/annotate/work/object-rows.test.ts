import { describe, expect, it } from 'vitest';

import { regionOf } from '@/canvas/document/commands';
import { emptyState, type Region } from '@/canvas/document/model';
import type { Label } from '@/types/api';

import {
  between,
  narrowed,
  NO_FILTER,
  objectRows,
  rowAfter,
  sorted,
  type ObjectFilter,
  type ObjectRow,
} from './object-rows';

const label = (id: string): Label => ({
  id,
  name: id,
  color: '#ffffff',
  shortcut: '',
  shapes: ['box'],
  attributes:
    id === 'hat' ? [{ id: 'colour', name: 'colour', type: 'select', options: ['red'], required: true }] : [],
});
const LABELS = new Map(['man', 'hat'].map((id) => [id, label(id)]));
const region = (id: string, change: Partial<Region>): Region => ({
  ...regionOf(emptyState(), {
    labelId: 'man',
    shape: { type: 'box', x1: 0, y1: 0, x2: 1, y2: 1, rotation: 0 } as Region['shape'],
  }),
  id,
  ...change,
});
// Drawn a, b, c, d; b lies on top.
const REGIONS = [
  region('d', { zIndex: 0, hidden: true, source: 'model' }),
  region('b', { zIndex: 9, labelId: 'hat', groupId: 'g' }),
  region('a', { zIndex: 1, groupId: 'g', occluded: true }),
  region('c', { zIndex: 2, labelId: 'hat', attributes: { colour: 'red' }, locked: true }),
];
const rows = objectRows(REGIONS, LABELS, '?');
const ids = (list: readonly ObjectRow[]): string => list.map((row) => row.item.id).join('');

describe('the object list', () => {
  it('numbers objects per label as they were drawn, whatever lies on top', () => {
    expect(rows.map((row) => `${row.item.id}:${row.name} ${row.number}`)).toEqual([
      'a:man 1',
      'b:hat 1',
      'c:hat 2',
      'd:man 2',
    ]);
    expect(rows.map((row) => row.group)).toEqual([1, 1, 0, 0]);
  });

  it('is sorted by what lies in front, by label, or newest first', () => {
    expect(ids(sorted(rows, 'front'))).toBe('bcad');
    expect(ids(sorted(rows, 'label'))).toBe('bcad');
    expect(ids(sorted(rows, 'drawn'))).toBe('dcba');
  });

  it.each<[string, Partial<ObjectFilter>, string]>([
    ['nothing asked', {}, 'abcd'],
    ['name and number', { text: 'Hat 2' }, 'c'],
    ['what was said about it', { text: 'red' }, 'c'],
    ['label', { labelIds: ['man'] }, 'ad'],
    ['source', { sources: ['model'] }, 'd'],
    ['still needed', { states: ['missing'] }, 'b'],
    ['either of two states', { states: ['occluded', 'hidden'] }, 'ad'],
    ['grouped and a label', { states: ['grouped'], labelIds: ['hat'] }, 'b'],
    ['nothing fits', { text: 'zebra' }, ''],
  ])('is narrowed by %s', (_case, filter, expected) => {
    expect(ids(narrowed(rows, { ...NO_FILTER, ...filter }))).toBe(expected);
  });

  it('gives the range between two rows, in either direction', () => {
    expect(between(rows, 'c', 'a')).toEqual(['a', 'b', 'c']);
    expect(between(rows, 'gone', 'b')).toEqual(['b']);
    expect(between(rows, null, 'b')).toEqual(['b']);
  });

  it('is walked through by keys and stops at its ends', () => {
    const after = (from: string | null, key: string) => rowAfter(rows, from, key)?.item.id ?? null;
    expect([after(null, 'ArrowDown'), after('a', 'ArrowDown'), after('d', 'ArrowDown')]).toEqual([
      'a',
      'b',
      'd',
    ]);
    expect([after('a', 'ArrowUp'), after('a', 'End'), after('d', 'Home')]).toEqual(['a', 'd', 'a']);
    expect([after('a', 'x'), rowAfter([], null, 'ArrowDown')]).toEqual([null, null]);
  });
});
