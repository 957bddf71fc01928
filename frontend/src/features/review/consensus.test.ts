import { expect, it } from 'vitest';

import type { WireRegion } from '@/canvas/document/wire';

import {
  answerRows,
  countedOf,
  isAnswer,
  mergedRows,
  quorumsFor,
  votesOf,
  type Consensus,
} from './consensus';

const region = (id: string, label = 'person'): WireRegion => ({
  region_id: id,
  label_id: label,
  shape: 'box',
  geometry: { box: [0, 0, 1, 1] },
});
type Found = NonNullable<Consensus['merge']>['objects'][number];
const found = (id: string, more: Partial<Found>): Found =>
  ({ region_id: id, label_id: 'person', votes: { person: 3 }, kept: true, sources: {}, ...more }) as Found;

const OBJECTS = [
  found('all', { sources: { ada: 'a1', bob: 'b1', cem: 'c1' } }),
  found('most', { votes: { person: 2, missing: 1 }, sources: { ada: 'a2', bob: 'b2' } }),
  found('named', { votes: { person: 2, forklift: 1 }, sources: { ada: 'a3', bob: 'b3', cem: 'c3' } }),
  found('one', {
    votes: { person: 1, missing: 2 },
    kept: false,
    sources: { cem: 'c4' },
    region: region('one') as Found['region'],
  }),
];
const CONSENSUS = { people: 3, merge: { objects: OBJECTS } } as unknown as Consensus;
const MERGED = ['all', 'most', 'named'].map((id) => region(id));
const status = (rows: { id: string; status: string }[]) => rows.map((row) => [row.id, row.status]);

it('shows what all drew, what most drew, and what was left out', () => {
  expect(status(mergedRows(CONSENSUS, MERGED))).toEqual([
    ['most', 'changed'],
    ['named', 'changed'],
    ['all', 'kept'],
    ['one', 'removed'],
  ]);
});

it('shows what of one answer is in, what was left out, and what it lacks', () => {
  const own = [region('c1'), region('c3', 'forklift'), region('c4')];
  expect(status(answerRows(CONSENSUS, own, MERGED))).toEqual([
    ['c1', 'kept'],
    ['c3', 'added'],
    ['c4', 'added'],
    ['most', 'removed'],
    ['named', 'removed'],
  ]);
});

it('knows an answer by its objects', () => {
  expect(isAnswer(CONSENSUS, [region('c1'), region('c4')])).toBe(true);
  expect(isAnswer(CONSENSUS, MERGED)).toBe(false);
  expect(isAnswer(CONSENSUS, [])).toBe(false);
});

it('says how many drew an object, and who said what where they differ', () => {
  const said = OBJECTS.map((object) => votesOf(object, (id) => id));
  expect(said).toEqual(['3 of 3', '2 of 3', '2 person, 1 forklift', '1 of 3']);
});

it('says in words what each person’s answer counted, the most first, and nothing where that is not told', () => {
  const answer = (name: string, weight: number | null) =>
    ({ person: { name }, weight }) as unknown as Consensus['answers'][number];
  const say = (...answers: ReturnType<typeof answer>[]) =>
    countedOf(answers, ({ person }) => person?.name ?? 'nobody');
  expect(say(answer('Ana', 0.81), answer('Ben', 1), answer('Cem', 0.04))).toBe(
    'Ben’s answers counted 1, Ana’s 0.8, Cem’s less than 0.1. The most is 1.',
  );
  expect(say(answer('Ana', null), answer('Ben', null))).toBe('');
  expect(say(answer('Ana', 1), answer('Ben', 0.97))).toBe('Everybody’s answers counted the same.');
  // One that came later did not count yet.
  expect(say(answer('Ana', 1), answer('Ben', 0.97), answer('Cem', null))).toBe(
    'Ana’s and Ben’s answers counted the same.',
  );
  expect(say(answer('Ana', 1), answer('Ben', null))).toBe('');
  expect(say()).toBe('');
});

it('offers quorums that the server takes as meant', () => {
  for (const people of [2, 3, 4, 9]) {
    const [one, half, all] = quorumsFor(people).map(({ value }) => value);
    // One of them meets the first, and half of them not more than it.
    expect(one).toBeLessThanOrEqual(1 / people);
    expect(one).not.toBe(0.5);
    expect(half).toBe(0.5);
    expect(all).toBe(1);
  }
});
