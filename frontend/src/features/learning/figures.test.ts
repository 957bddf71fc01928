import { expect, it } from 'vitest';

import type { MapColumns, SavingsPoint } from '@/features/learning/api';
import { kindsOf, nearest, NOTHING_COLOR, within, type ColorBy } from '@/features/learning/map-figures';
import { linesOf, savingsCsv, shareText, verdictOf } from '@/features/learning/savings-figures';
import { mapWords, savingsWords } from '@/features/learning/strings';
import { onMap, onScreen, WHOLE, zoomed } from '@/features/learning/use-map-view';

const point = (pictures: number, value: number): SavingsPoint => ({
  pictures,
  random: { value, low: value - 0.1, high: value + 0.1 },
  chosen: { value: value + 0.05, low: value, high: value + 0.1 },
  random_boxes: pictures * 2,
  random_seconds: pictures * 60,
  chosen_boxes: pictures * 3,
  chosen_seconds: pictures * 30,
});

it.each([
  ['pictures', 10, 10],
  ['boxes', 20, 30],
  ['minutes', 10, 5],
] as const)('curves by %s stand at what each side cost', (axis, random, chosen) => {
  const [one, other] = linesOf([point(10, 0.6)], axis);
  expect([one?.name, one?.spots[0]?.x, one?.spots[0]?.low]).toEqual(['random', random, 0.5]);
  expect([other?.name, other?.spots[0]?.x, other?.spots[0]?.value]).toEqual(['chosen', chosen, 0.65]);
});

it.each([
  [{ value: 0.41, low: 0.29, high: 0.5 }, 'saved', '41\u00a0% [29 … 50]'],
  [{ value: 0.1, low: -0.2, high: 0.3 }, 'open', '−20 … 30\u00a0%'],
  [{ value: -0.3, low: -0.6, high: -0.1 }, 'lost', '−30\u00a0% [−60 … −10]'],
] as const)('a saving of %o is %s', (share, verdict, text) => {
  expect([verdictOf(share), shareText(share)]).toEqual([verdict, text]);
});

it('writes the curve as a table and says in words what is missing', () => {
  const csv = savingsCsv({ status: 'measured', curve: [point(10, 0.5)] });
  expect(csv.split('\n')[1]).toBe('10,0.5,0.4,0.6,0.55,0.5,0.6,20,10,30,5');
  expect(savingsWords.needs(28, 0)).toBe('Needs 28 more randomly chosen pictures, labelled and approved.');
  expect(savingsWords.needs(1, 2)).toContain('1 more randomly chosen picture and 2 more pictures');
});

const COLUMNS: MapColumns = {
  assets: ['a', 'b', 'c', 'd'],
  x: [0, 1, 0.5, 0.2],
  y: [0, 1, 0.5, 0.9],
  state: ['approved', 'ready', '', 'approved'],
  labels: [[0], [0, 1], [], [1]],
  label_names: [
    { id: '1', name: 'person', color: '#111111' },
    { id: '2', name: 'hat', color: '#222222' },
  ],
  split: ['train', '', '', 'test'],
  uncertainty: [0.1, 0.9, null, 0.5],
  camera: ['Gate', 'Gate', '', 'Yard'],
};

it.each([
  ['label', { person: [0], 'several labels': [1], hat: [3], 'no label yet': [2] }],
  ['state', { Approved: [0, 3], 'To label': [1], 'no task': [2] }],
  ['split', { Train: [0], Test: [3], 'not labelled': [1, 2] }],
  ['camera', { Gate: [0, 1], Yard: [3], 'no camera': [2] }],
  ['uncertainty', { '0.10 … 0.10': [0], '0.50 … 0.50': [3], '0.90 … 0.90': [1], 'not told': [2] }],
] as const)('by %s every picture is in one kind', (by, expected) => {
  const kinds = kindsOf(COLUMNS, by as ColorBy, mapWords);
  expect(Object.fromEntries(kinds.map(({ name, members }) => [name, members]))).toEqual(expected);
  expect(kinds.at(-1)?.color).toBe(NOTHING_COLOR);
  expect(kinds.find(({ name }) => name === 'person')?.color ?? '#111111').toBe('#111111');
});

it('more kinds than colours share the last one', () => {
  const many = Array.from({ length: 30 }, (_, i) => `camera ${i}`);
  const columns = { ...COLUMNS, assets: many, camera: many };
  const kinds = kindsOf(columns, 'camera', mapWords);
  expect([kinds.length, kinds.at(-1)?.name, kinds.at(-1)?.members.length]).toEqual([10, 'all others', 21]);
});

it.each([
  [
    'a square around the middle',
    [
      [0.3, 0.3],
      [0.7, 0.3],
      [0.7, 0.7],
      [0.3, 0.7],
    ],
    [2],
  ],
  [
    'everything',
    [
      [-1, -1],
      [2, -1],
      [2, 2],
      [-1, 2],
    ],
    [0, 1, 2, 3],
  ],
  [
    'two corners',
    [
      [0, 0],
      [1, 1],
    ],
    [],
  ],
  [
    'a loop with a bay',
    [
      [-1, -1],
      [2, -1],
      [2, 2],
      [0.6, 2],
      [0.6, 0.4],
      [0.4, 0.4],
      [0.4, 2],
      [-1, 2],
    ],
    [0, 1, 3],
  ],
] as const)('a loop holds what lies within: %s', (_name, corners, expected) => {
  expect(
    within(
      COLUMNS,
      corners.map(([x, y]) => ({ x, y })),
    ),
  ).toEqual(expected);
});

it('finds the nearest within reach, and nothing beyond it', () => {
  expect(nearest(COLUMNS, { x: 0.48, y: 0.5 }, 0.1)).toBe(2);
  expect(nearest(COLUMNS, { x: 0.8, y: 0.2 }, 0.1)).toBeNull();
});

it('zooming keeps the place under the pointer, there and back, and never leaves the map', () => {
  const pointer = { x: 300, y: 120 };
  let view = WHOLE;
  const before = onMap(view, 500, pointer);
  for (let i = 0; i < 5; i += 1) view = zoomed(view, 500, pointer, true);
  const after = onMap(view, 500, pointer);
  expect([after.x, after.y]).toEqual([expect.closeTo(before.x), expect.closeTo(before.y)]);
  const back = onScreen(view, 500, after.x, after.y);
  expect([back.x, back.y]).toEqual([expect.closeTo(300), expect.closeTo(120)]);
  for (let i = 0; i < 9; i += 1) view = zoomed(view, 500, { x: 0, y: 499 }, false);
  expect(view).toEqual(WHOLE);
});
