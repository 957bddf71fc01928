import { expect, it } from 'vitest';

import type { RetrainState } from '@/features/models/api';
import { orNull, policyText } from '@/features/models/retraining/words';

const policy = (of: Partial<RetrainState['policy']>): RetrainState['policy'] => ({
  version: 1,
  kind: 'detect',
  enabled: true,
  new_labels: null,
  every_days: null,
  on_drift: false,
  minutes: 10,
  changed_by: 'Ada',
  ...of,
});

it.each([
  [policy({ enabled: false, new_labels: 5 }), 'Off: trainings are started by hand.'],
  [policy({ new_labels: 50 }), 'After 50 newly approved pictures. 10 CPU minutes each.'],
  [policy({ every_days: 1, minutes: 1 }), 'Every day. 1 CPU minute each.'],
  [
    policy({ new_labels: 1, every_days: 7 }),
    'After 1 newly approved picture, or every 7 days. 10 CPU minutes each.',
  ],
  [policy({ on_drift: true }), 'When what it is shown has drifted. 10 CPU minutes each.'],
])('says when it trains (%#)', (row, text) => {
  expect(policyText(row)).toBe(text);
});

it('takes an empty field as off', () => {
  expect([orNull(5), orNull('')]).toEqual([5, null]);
});
