/** A rule's sentence, and the way from the page to the server and back. */
import { expect, test } from 'vitest';

import type { Rule } from '@/features/rules/api';
import { draftOf, emptyDraft, ruleOf, sentence, type Draft } from '@/features/rules/draft';

const names = {
  label: (id: string) => ({ p: 'person', f: 'forklift' })[id] ?? '?',
  mark: (id: string) => ({ z: 'Bay', l: 'Gate' })[id] ?? '?',
};
const draft = (to: Partial<Draft>): Draft => ({ ...emptyDraft(['p']), lastsS: 0, ...to });

test.each([
  [draft({}), 'When a person is in the picture'],
  [
    draft({
      where: 'zone',
      zones: ['z'],
      dwellS: 10,
      gear: { item: 'helmet', state: 'missing', label: 'h' },
      isAlways: false,
    }),
    'When a person is in Bay for 10 s without a helmet between 06:00 and 22:00',
  ],
  [
    draft({ where: 'line', line: 'l', direction: 'forward', lastsS: 5, count: 3 }),
    'When a person goes over Gate forward',
  ],
  [
    draft({ nearM: 2, nearLabels: ['f'], lastsS: 1 }),
    'When a person comes within 2 m of a forklift for 1 s on end',
  ],
  [draft({ countIs: 'at_most', count: 0, where: 'zone', zones: ['z'] }), 'When no person is in Bay'],
  [draft({ count: 3, labels: ['p', 'f'] }), 'When at least 3 × person or forklift is in the picture'],
])('%# reads as a sentence', (given, expected) => {
  expect(sentence(given, names)).toBe(expected);
});

test('what is asked for is sent, what is switched off is not, and comes back the same', () => {
  const given = draft({
    name: ' Bay ',
    where: 'zone',
    zones: ['z'],
    line: 'l',
    dwellS: 4,
    nearLabels: ['p'],
    isAlways: false,
    escalateMin: 5,
  });
  const sent = ruleOf(given);
  expect(sent.condition).toMatchObject({
    zones: ['z'],
    line: null,
    near_m: null,
    near_labels: [],
    dwell_s: 4,
  });
  expect(sent).toMatchObject({
    name: 'Bay',
    escalate_after_s: 300,
    schedule: [{ start: '06:00', end: '22:00' }],
  });
  const stored = { ...sent, schedule: sent.schedule, escalate_after_s: 300 } as unknown as Rule;
  expect(ruleOf(draftOf(stored))).toEqual(sent);
});
