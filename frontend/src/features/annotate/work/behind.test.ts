import { expect, test, vi } from 'vitest';

import { ApiError } from '@/lib/api-error';

import { Behind, type Submittable } from './behind';
import type { SubmitResult } from './submitting';

const DONE: SubmitResult = { kind: 'done', progress: { left: 1, done_today: 2, seconds_today: 3 } };
const LOST: SubmitResult = { kind: 'failed', error: new ApiError(0, { code: 'unreachable' }) };
const REFUSED: SubmitResult = { kind: 'refused', fields: { tags: 'no' }, message: 'no' };

function session(answers: SubmitResult[], id = 'a') {
  const calls: string[] = [];
  const made: Submittable = {
    task: { id, assignment: { id: `work of ${id}` } },
    mayLeave: true,
    letGo: () => void calls.push('let go'),
    submitLetGo: () => {
      calls.push('submit');
      return Promise.resolve(answers.shift() ?? LOST);
    },
    end: (isDone) => void calls.push(isDone ? 'done' : 'kept'),
  };
  return { made, calls };
}

const soon = () => Promise.resolve();

test('the editor is let go of before anything is sent, and the copy dropped when all arrived', async () => {
  const { made, calls } = session([DONE]);
  expect(await new Behind(soon).submit(made, false)).toBe(DONE);
  expect(calls).toEqual(['let go', 'submit', 'done']);
});

test('a line that drops for a moment is tried again', async () => {
  const { made, calls } = session([LOST, { kind: 'offline' }, DONE]);
  expect((await new Behind(soon).submit(made, false)).kind).toBe('done');
  expect(calls.filter((call) => call === 'submit')).toHaveLength(3);
});

test('a line that stays down ends with the copy kept', async () => {
  const { made, calls } = session([]);
  const pause = vi.fn(soon);
  expect((await new Behind(pause).submit(made, false)).kind).toBe('failed');
  expect(pause).toHaveBeenCalledTimes(3);
  expect(calls.at(-1)).toBe('kept');
});

test('a refusal is not asked again, and the next submit of that picture is waited for', async () => {
  const behind = new Behind(soon);
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
  const behind = new Behind(soon);
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
