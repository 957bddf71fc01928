import { expect, test, vi } from 'vitest';

import { ApiError } from '@/lib/api-error';

import { Behind, type Submittable } from './behind';
import type { SubmitResult } from './submitting';

const DONE: SubmitResult = { kind: 'done', progress: { left: 1, done_today: 2, seconds_today: 3 } };
const LOST: SubmitResult = { kind: 'failed', error: new ApiError(0, { code: 'unreachable' }) };
const SIGNED_OUT: SubmitResult = { kind: 'failed', error: new ApiError(401, {}) };
const REFUSED: SubmitResult = { kind: 'refused', fields: { tags: 'no' }, message: 'no' };

function session(answers: SubmitResult[], id = 'a') {
  const calls: string[] = [];
  const made: Submittable = {
    task: { id, assignment: { id: `work of ${id}` } },
    owner: 'ann',
    mayLeave: true,
    letGo: () => void calls.push('let go'),
    submitLetGo: () => {
      calls.push('submit');
      return Promise.resolve(answers.shift() ?? LOST);
    },
    endLetGo: (how) => {
      calls.push(how);
      return Promise.resolve();
    },
  };
  return { made, calls };
}

const soon = () => Promise.resolve();
const never = () => new Promise<void>(() => undefined);
const ann = () => 'ann';
const turns = async () => {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
};
/** Whether the browser would ask before the page is closed. */
const asksOnLeaving = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

test('the editor is let go of before anything is sent, and the copy dropped when all arrived', async () => {
  const { made, calls } = session([DONE]);
  expect(await new Behind(soon, ann).submit(made, false)).toBe(DONE);
  expect(calls).toEqual(['let go', 'submit', 'done']);
});

test('a line that drops is tried again for as long as it takes, and the person is told once', async () => {
  const { made, calls } = session([LOST, { kind: 'offline' }, LOST, LOST, LOST, LOST, LOST, DONE]);
  const onLong = vi.fn();
  const pauses: number[] = [];
  const behind = new Behind((ms) => Promise.resolve(void pauses.push(ms)), ann);
  expect((await behind.submit(made, false, onLong)).kind).toBe('done');
  expect(calls.filter((call) => call === 'submit')).toHaveLength(8);
  expect(pauses).toEqual([1_500, 4_000, 10_000, 30_000, 30_000, 30_000, 30_000]);
  expect(onLong).toHaveBeenCalledTimes(1);
});

test.each(['online', 'resume'])('a wait ends early: %s', async (how) => {
  const { made } = session([LOST, DONE]);
  const behind = new Behind(never, ann);
  const answer = behind.submit(made, false);
  await turns();
  if (how === 'online') window.dispatchEvent(new Event('online'));
  else behind.resume();
  expect((await answer).kind).toBe('done');
});

test('a picture that is opened while its submit waits to be tried again is the person’s own again', async () => {
  const { made, calls } = session([LOST]);
  const behind = new Behind(never, ann);
  const answer = behind.submit(made, false);
  await turns();
  expect(behind.taskIds).toEqual(['a']);
  expect(await behind.over('a')).toBe(true);
  expect((await answer).kind).toBe('recalled');
  expect(calls).toEqual(['let go', 'submit', 'kept']);
  expect([behind.taskIds, await behind.over('a')]).toEqual([[], false]);
  expect(behind.mayLeave(made), 'its next submit is waited for').toBe(false);
});

test('a refusal is not asked again, and the next submit of that picture is waited for', async () => {
  const behind = new Behind(soon, ann);
  const { made, calls } = session([REFUSED]);
  expect(behind.mayLeave(made)).toBe(true);
  expect(await behind.submit(made, false)).toBe(REFUSED);
  expect(calls).toEqual(['let go', 'submit', 'kept']);
  expect(behind.mayLeave(made)).toBe(false);
  expect(behind.mayLeave(session([], 'b').made)).toBe(true);
});

test('a picture is not opened while its submit is on its way', async () => {
  let arrive = (_: SubmitResult): void => undefined;
  const { made } = session([]);
  made.submitLetGo = () => new Promise((resolve) => (arrive = resolve));
  const behind = new Behind(soon, ann);
  const seen: string[] = [];
  const submit = behind.submit(made, false).then(() => seen.push('answered'));
  const open = behind.over('a').then(() => seen.push('open'));
  await behind.over('b');
  expect(seen).toEqual([]);
  expect([...behind.assignmentIds]).toEqual(['work of a']);
  arrive(DONE);
  await Promise.all([submit, open]);
  expect(seen).toContain('open');
  expect(seen).toContain('answered');
  expect(behind.assignmentIds.size).toBe(0);
});

test('whoever closes the page while a submit is on its way is asked, and nobody is after it', async () => {
  let arrive = (_: SubmitResult): void => undefined;
  const { made } = session([]);
  made.submitLetGo = () => new Promise((resolve) => (arrive = resolve));
  expect(asksOnLeaving()).toBe(false);
  const behind = new Behind(soon, ann);
  const answer = behind.submit(made, false);
  expect(asksOnLeaving()).toBe(true);
  arrive(DONE);
  await answer;
  await behind.idle();
  expect(asksOnLeaving()).toBe(false);
});

test('nothing is sent while nobody is signed in, and it goes on when the same person is back', async () => {
  const { made, calls } = session([SIGNED_OUT, DONE]);
  let person: string | null = 'ann';
  const behind = new Behind(soon, () => person);
  const answer = behind.submit(made, false);
  await turns();
  person = null;
  behind.resume();
  await turns();
  expect(calls).toEqual(['let go', 'submit']);
  person = 'ann';
  behind.resume();
  expect((await answer).kind).toBe('done');
});

test('nothing of one person is sent under the next, and it is kept for when they are back', async () => {
  const { made, calls } = session([LOST]);
  let person = 'ann';
  const behind = new Behind(never, () => person);
  const answer = behind.submit(made, false);
  await turns();
  person = 'bob';
  expect(asksOnLeaving(), 'it is not his to wait for').toBe(false);
  behind.resume();
  expect((await answer).kind).toBe('parted');
  expect(calls).toEqual(['let go', 'submit', 'later']);
});
