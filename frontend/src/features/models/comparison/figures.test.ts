import { expect, it } from 'vitest';

import type { Comparison, ComparisonSide } from '@/features/models/api';

import { calibrationRows, curveRows, isWithinChance, matrixOf, tint } from './figures';

const side = (over: Partial<ComparisonSide>): ComparisonSide => ({
  thresholds: {},
  confusion: [],
  curves: {},
  calibration: [],
  calibration_error: 0,
  sizes: [],
  ms_median: 5,
  ms_p95: 9,
  ...over,
});

const comparison = (candidate: ComparisonSide, production: ComparisonSide | null): Comparison => ({
  kind: 'detect',
  production_id: null,
  production_number: null,
  passed: true,
  reason: '',
  created_at: '2026-11-26T05:00:00Z',
  pictures: 10,
  classes: ['person', 'hat', 'cone'],
  candidate,
  production,
  slices: [],
});

it('leaves out classes that nobody has or says, and the empty row where nothing is made up', () => {
  const matrix = matrixOf(
    side({
      confusion: [
        { actual: 'person', predicted: 'person', count: 6 },
        { actual: 'person', predicted: 'hat', count: 1 },
        { actual: 'person', predicted: '', count: 3 },
      ],
    }),
    ['person', 'hat', 'cone'],
  );
  expect(matrix.rows).toEqual(['person', 'hat']);
  expect(matrix.columns).toEqual(['person', 'hat', '']);
  expect(matrix.at('person', '')).toBe(3);
  expect(tint(matrix, 'person', 'person')).toBe(0.6);
  expect(tint(matrix, 'hat', 'hat')).toBe(0);
});

it('ends a curve where the model finds no more', () => {
  const ours = side({ curves: { person: { precision: [1, 0.5, 0], score: [0.9, 0.2, 0] } } });
  expect(curveRows(comparison(ours, null), 'person')).toEqual([
    { recall: 0, candidate: 1, production: null },
    { recall: 0.5, candidate: 0.5, production: null },
    { recall: 1, candidate: null, production: null },
  ]);
  expect(curveRows(comparison(ours, null), 'cone')).toEqual([]);
});

it('puts the scores of both models on the same tenths', () => {
  const ours = side({ calibration: [{ score: 0.97, right: 0.8, count: 5 }] });
  const theirs = side({ calibration: [{ score: 1, right: 0.6, count: 2 }] });
  const rows = calibrationRows(comparison(ours, theirs));
  expect(rows).toHaveLength(10);
  expect(rows.at(-1)).toEqual({ score: 0.95, honest: 0.95, candidate: 0.8, production: 0.6 });
  expect(rows[0]?.candidate).toBeNull();
});

it.each([
  [0.01, 0.2, false],
  [-0.1, -0.02, false],
  [-0.1, 0.2, true],
  [null, null, true],
])('tells %s … %s from chance', (low, high, chance) => {
  expect(isWithinChance(low, high)).toBe(chance);
});
