import { expect, it } from 'vitest';

import type { Rollout, RolloutChange, ShadowReport } from '@/features/models/api';
import { camerasText, changeText, looksText, standstill } from '@/features/models/rollout/words';

const model = (number: number) => ({ id: `m${number}`, number, name: '', state: 'retired' as const });
const change = (of: Partial<RolloutChange>): RolloutChange => ({
  number: 1,
  at: '2026-11-26T08:00:00Z',
  by: 'Ada',
  event: 'shadow',
  from_state: 'candidate',
  to_state: 'shadow',
  share: 0,
  note: '',
  model: model(7),
  replaced: null,
  ...of,
});
const rollout = (of: Partial<Rollout>): Rollout => ({
  version: 1,
  state: 'candidate',
  share: 0,
  production: model(3),
  on_its_way: null,
  former: null,
  steps: [],
  history: [],
  cameras: [],
  shadow: null,
  ...of,
});

it.each([
  [change({}), 'let model 7 watch in shadow'],
  [change({ event: 'canary', share: 0.25 }), 'let model 7 answer for 25\u00a0%'],
  [change({ event: 'all', replaced: model(3) }), 'put model 7 into production in place of model 3'],
  [change({ event: 'all' }), 'put model 7 into production'],
  [change({ event: 'off' }), 'took model 7 back'],
  [change({ event: 'off', note: 'Model 3 was rolled back.' }), 'took model 7 back (model 3 was rolled back)'],
  [change({ event: 'rollback', model: model(3), replaced: model(7) }), 'rolled back from model 7 to model 3'],
])('tells a step in words (%#)', (row, text) => {
  expect(changeText(row)).toBe(text);
});

it('says why nothing goes on only where nothing does', () => {
  const no = (event: 'shadow' | 'canary' | 'all', reason: string) => ({ event, allowed: false, reason });
  const yes = { event: 'all' as const, allowed: true, reason: '' };
  expect(standstill(rollout({ steps: [no('shadow', 'nothing there'), yes] }))).toBeNull();
  expect(standstill(rollout({ steps: [no('shadow', 'a'), no('all', 'run the gate')] }))).toBe('run the gate');
  expect(standstill(rollout({ steps: [{ event: 'rollback', allowed: false, reason: 'first' }] }))).toBeNull();
});

it('names the cameras a canary answers for', () => {
  const camera = (name: string, answered: boolean) => ({ id: name, name, answered });
  expect(camerasText(rollout({}))).toBeNull();
  expect(camerasText(rollout({ cameras: [camera('Gate', true), camera('Yard', false)] }))).toBe(
    '1 of 2 cameras: Gate',
  );
  expect(camerasText(rollout({ cameras: [camera('Gate', false)] }))).toBe(
    '0 of 1 camera, so far only pictures without one',
  );
});

it('counts what was looked at without what there is none of', () => {
  const report = (pictures: number, frames: number) => ({ pictures, frames }) as ShadowReport;
  expect([report(1, 0), report(2, 3), report(0, 0)].map(looksText)).toEqual([
    '1 picture',
    '2 pictures, 3 live frames',
    'nothing yet',
  ]);
});
