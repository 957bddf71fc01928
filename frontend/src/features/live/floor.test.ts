import { expect, it } from 'vitest';

import { NearAlarm } from '@/features/live/alarm';
import { countsText } from '@/features/live/events';
import { countsOf, floorFrom, metresText, nearText, NO_FLOOR, speedText } from '@/features/live/floor';

const person = (track_id: number, nearness: string) => ({
  track_id,
  nearness,
  speed_m_s: 1.24,
  speed_plus_minus: 0.02,
  circle: null,
});
const pair = (metres: number, is_judged: boolean) => ({
  first: 1,
  second: 2,
  metres,
  plus_minus_m: 0.2,
  is_judged,
  is_near: is_judged && metres < 2,
});

it('takes a floor out of a message, and nothing that cannot be drawn', () => {
  expect(floorFrom(undefined)).toBe(NO_FLOOR);
  expect(floorFrom({ view: 'guessed' })).toBe(NO_FLOOR);
  const floor = floorFrom({ view: 'measured', limit_m: 2, people: [{}, person(1, 'far')], pairs: [{}] });
  expect([floor.people.length, floor.pairs.length]).toEqual([1, 0]);
});

it('counts who is too near, and takes only judged distances for the closest', () => {
  const floor = floorFrom({
    view: 'measured',
    limit_m: 2,
    people: [person(1, 'near'), person(2, 'near'), person(3, 'unsure')],
    pairs: [pair(1.5, true), pair(0.4, false), pair(1.8, true)],
  });
  expect(countsOf(floor)).toMatchObject({ people: 3, near: 2, unsure: 1, closest: { metres: 1.5 } });
});

it('says that nobody is too near only where it is sure of everybody', () => {
  const said = (people: number, near: number, unsure: number) =>
    nearText({ people, near, unsure, closest: null });
  expect([said(2, 0, 0), said(2, 0, 1), said(3, 2, 1), said(0, 0, 0)]).toEqual([
    'nobody too near',
    '1 not sure',
    '2 too near, 1 not sure',
    '',
  ]);
});

it('says metres no finer than it knows them', () => {
  expect(metresText(1.83, 0.02)).toBe('1.8 ± 0.1 m');
  expect(metresText(11.83, 1.4)).toBe('12 ± 1 m');
  expect(speedText({ ...person(1, 'far'), nearness: 'far' })).toBe('1.2 ± 0.1 m/s');
  expect(speedText({ ...person(1, 'far'), nearness: 'far', speed_m_s: null })).toBe('');
});

it('sounds once when somebody comes too near, and again only after a calm moment', () => {
  const alarm = new NearAlarm();
  const heard = [
    [0, 0],
    [2, 100],
    [2, 300],
    [0, 500],
    [2, 700],
    [0, 900],
    [0, 2500],
    [1, 2700],
  ].map(([near = 0, at = 0]) => alarm.take(near, at));
  expect(heard).toEqual([false, true, false, false, false, false, false, true]);
});

it('tells a line of the log in words', () => {
  expect(countsText({ people: 3, near: 2, closest_m: 1.44 })).toBe('3 people, 2 too near, closest 1.4 m');
  expect(countsText({ people: 1, near: 0, closest_m: null })).toBe('1 person, none too near');
});
