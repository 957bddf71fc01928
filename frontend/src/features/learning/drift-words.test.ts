import { expect, it } from 'vitest';

import type { DriftMeasure, DriftSource, DriftState } from '@/features/learning/api';
import {
  ends,
  figures,
  inOrder,
  nextStep,
  sentence,
  sideText,
  wholeVerdict,
} from '@/features/learning/drift-words';
import { driftWords } from '@/features/learning/strings';

const row = (of: Partial<DriftMeasure>): DriftMeasure => ({
  measure: 'brightness',
  verdict: 'drifting',
  n_reference: 150,
  n_now: 100,
  value: 50,
  threshold: 15,
  before: 120,
  after: 70,
  unit: '',
  bars: null,
  since: null,
  ...of,
});
const side = { pictures: 100, wanted: 100, first: null, last: null };
const source = (of: Partial<DriftSource>): DriftSource => ({
  key: 'a',
  name: 'Dock 2',
  arrived: 250,
  is_full: true,
  reference: side,
  now: side,
  recent: [],
  measures: [row({})],
  ...of,
});

it.each([
  [row({}), 'Pictures of Dock 2 are darker than when this model was chosen.'],
  [row({ after: 200 }), 'Pictures of Dock 2 are brighter than when this model was chosen.'],
  [row({ measure: 'embedding' }), 'Pictures of Dock 2 look different from those this model was chosen on.'],
  [row({ measure: 'scores', before: 0.7, after: 0.5 }), 'The model is less sure than when it was chosen.'],
  [row({ measure: 'scores', before: 0.7, after: 0.71 }), 'The model is sure of other things than it was.'],
  [row({ measure: 'rate', before: 2, after: 0 }), 'Fewer objects are found than when this model was chosen.'],
  [
    row({ measure: 'height', before: 1, after: 1.4 }),
    'Objects at the same place are 40\u00a0% taller: the camera may have moved or zoomed.',
  ],
  [row({ verdict: 'steady' }), 'As bright as when this model was chosen.'],
  [row({ verdict: 'too_few', n_now: 3 }), 'Too few to compare yet: 3 now, 150 then.'],
  [
    row({ verdict: 'too_few', measure: 'rate', unit: 'hour', n_now: 2, n_reference: 9 }),
    'Too few to compare yet: 2 hours now, 9 then.',
  ],
])('says what changed (%#)', (measure, text) => {
  expect(sentence(measure, source({}))).toBe(text);
  expect(nextStep(measure) !== '').toBe(measure.verdict === 'drifting');
});

it.each([
  [row({}), '120 → 70 of 255; drifts when it changes by more than 15'],
  [
    row({ measure: 'rate', unit: 'hour', before: 21, after: 6, value: 3.5, threshold: 1.5 }),
    '21 → 6 an hour; drifts above × 1.5 or below ÷ 1.5',
  ],
  [row({ measure: 'height', value: 0.4, threshold: 0.15 }), '40\u00a0%; drifts above 15\u00a0%'],
  [row({ verdict: 'too_few', value: null, threshold: null, before: null, after: null }), ''],
])('gives the figures behind it (%#)', (measure, text) => {
  expect(figures(measure)).toBe(text);
});

it('shows what drifts first and what cannot be compared last', () => {
  const measures = (verdict: DriftMeasure['verdict']) => [row({ verdict })];
  const sources = [
    source({ name: 'Few', measures: measures('too_few') }),
    source({ name: 'Steady', measures: measures('steady') }),
    source({ name: 'Drifts', measures: [...measures('steady'), ...measures('drifting')] }),
  ];
  const state = { sources } as DriftState;
  expect(inOrder(state).map(({ name }) => name)).toEqual(['Drifts', 'Steady', 'Few']);
  expect(wholeVerdict([])).toBe('too_few');
});

it('tells when pictures are from, and what is missing', () => {
  const dated = { ...side, first: '2026-11-16T10:00:00Z', last: '2026-11-17T10:00:00Z' };
  expect(sideText(dated)).toMatch(/^100 pictures, 16.+17 Nov$/);
  expect(sideText(side)).toBe('');
  expect(driftWords.fillsWhy(10, true)).toBe(
    'Needs 10 more pictures, and at least a day of this camera: from then on newer ones are compared.',
  );
  expect(
    ends(row({ measure: 'rate', unit: 'picture', bars: { edges: [0, 2.5], reference: [1], now: [1] } })),
  ).toEqual(['0', '2.5 a picture']);
});
