import { expect, it } from 'vitest';

import type { CurvePoint, Gate, Training } from '@/features/models/api';
import {
  classRows,
  gateFigures,
  learningCsv,
  learningPoints,
  livePoints,
  promptRows,
  signed,
  trainingShare,
} from '@/features/models/figures';

const gate = (report: Record<string, unknown>, production_id: string | null): Gate => ({
  id: 'g',
  passed: true,
  reason: '',
  report,
  production_id,
  dataset_version_id: null,
  created_at: '2026-11-23T15:00:00Z',
});

it('reads a comparison with production', () => {
  const found = gateFigures(
    gate(
      {
        pictures: 14,
        candidate: { kind: 'detect', ap50: 0.71, ms_per_image: 12 },
        production: { ap50: 0.66 },
        production_number: 6,
        difference: 0.05,
        low: 0.01,
        high: 0.09,
      },
      'm6',
    ),
  );
  expect(found).toMatchObject({
    measure: 'AP50',
    candidate: { figure: 0.71, ms: 12 },
    production: { figure: 0.66, ms: null },
    productionNumber: 6,
    difference: { value: 0.05, low: 0.01, high: 0.09 },
  });
});

it('tells no difference where no model was in production', () => {
  const found = gateFigures(gate({ candidate: { accuracy: 0.9 }, difference: 0, low: 0, high: 0 }, null));
  expect(found).toMatchObject({ measure: 'Accuracy', production: null, difference: null });
});

it('reads what an assist reached against the shipped one, by prompt', () => {
  const report = {
    candidate: { kind: 'assist', iou: 0.78, by_prompt: { c1: 0.1, box1: 0.8, box: 0.7 } },
    production: { kind: 'assist', iou: 0.75, by_prompt: { box: 0.72 } },
    objects: 40,
    difference: 0.03,
    low: 0.01,
    high: 0.05,
  };
  const found = gateFigures(gate(report, null));
  expect(found).toMatchObject({ measure: 'IoU', isAgainstShipped: true, production: { figure: 0.75 } });
  expect(found.difference?.value).toBe(0.03);
  expect(promptRows(gate(report, null), { box: 'A box', box1: 'Both', gone: 'None' })).toEqual([
    { name: 'A box', truths: 40, candidate: 0.7, production: 0.72 },
    { name: 'Both', truths: 40, candidate: 0.8, production: null },
  ]);
});

it('lists classes by how many objects there were', () => {
  const rows = classRows(
    gate(
      {
        candidate: { per_class: { hat: { ap50: 0.2, truths: 9 }, person: { ap50: 0.6, truths: 43 } } },
        production: { per_class: { person: { ap50: 0.5, truths: 43 } } },
      },
      'm1',
    ),
  );
  expect(rows).toEqual([
    { name: 'person', truths: 43, candidate: 0.6, production: 0.5 },
    { name: 'hat', truths: 9, candidate: 0.2, production: null },
  ]);
});

it('writes differences with their sign', () => {
  expect([signed(0.0134), signed(-0.2), signed(0)]).toEqual(['+.013', '−.200', '+.000']);
});

it('makes a live curve and tells how far it is', () => {
  const training = {
    curve: [
      { step: 1, cpu_s: 30, budget_s: 120, loss: 9 },
      { step: 2, cpu_s: 60, budget_s: 120, loss: Number.POSITIVE_INFINITY, val_ap50: 0.3 },
    ],
  } as unknown as Training;
  expect(livePoints(training)).toEqual([
    { minutes: 0.5, loss: 9, figure: null },
    { minutes: 1, loss: null, figure: 0.3 },
  ]);
  expect(trainingShare(training)).toBe(0.5);
});

it('keeps measured models of one kind, from few pictures to many', () => {
  const at = (number: number, images: number, figure: number | null, kind = 'detect') =>
    ({
      number,
      images,
      figure,
      kind,
      model_id: String(number),
      boxes: 3,
      state: 'retired',
      low: null,
      high: 0.1,
      created_at: 't',
    }) satisfies CurvePoint;
  const points = learningPoints(
    [at(3, 90, 0.6), at(1, 0, null), at(2, 40, 0.4), at(4, 1, 0.9, 'classify')],
    'detect',
  );
  expect(points.map(({ number }) => number)).toEqual([2, 3]);
  expect(learningCsv(points).split('\n')[1]).toBe('2,detect,retired,40,3,0.4,,0.1,t');
});
