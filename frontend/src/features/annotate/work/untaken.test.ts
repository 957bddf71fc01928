import { expect, test, vi } from 'vitest';

import { UntakenList, type Untaken } from './untaken';

const row = (taskId: string, text = 'no'): Untaken => ({
  taskId,
  projectId: 'p',
  name: taskId,
  title: taskId,
  text,
});

test('a later word on another picture leaves an unread one where it is', () => {
  const list = new UntakenList(vi.fn());
  list.subscribe(() => undefined);
  list.add(row('a'));
  list.add(row('b'));
  list.add(row('a', 'still no'));
  expect(list.getView().map((each) => [each.taskId, each.text])).toEqual([
    ['b', 'no'],
    ['a', 'still no'],
  ]);
  list.settle('b');
  expect(list.getView().map((each) => each.taskId)).toEqual(['a']);
});

test('where no page shows it, it is told aside, and waits for the next page that does', () => {
  const tell = vi.fn();
  const list = new UntakenList(tell);
  const leave = list.subscribe(() => undefined);
  list.add(row('a'));
  expect(tell).not.toHaveBeenCalled();
  leave();
  list.add(row('b'));
  expect(tell.mock.calls.map(([told]) => (told as Untaken).taskId)).toEqual(['b']);
  expect(list.getView()).toHaveLength(2);
});

test('a word that came as the page was being left is told aside, once, and not between two pages of the bench', () => {
  vi.useFakeTimers();
  const tell = vi.fn();
  const list = new UntakenList(tell);
  const leaveFirst = list.subscribe(() => undefined);
  list.add(row('read'));
  vi.advanceTimersByTime(30_000);
  list.add(row('new'));
  leaveFirst();
  const leaveSecond = list.subscribe(() => undefined);
  vi.advanceTimersByTime(2_000);
  expect(tell).not.toHaveBeenCalled();
  leaveSecond();
  vi.advanceTimersByTime(2_000);
  list.subscribe(() => undefined)();
  vi.advanceTimersByTime(2_000);
  vi.useRealTimers();
  expect(tell.mock.calls.map(([told]) => (told as Untaken).taskId)).toEqual(['new']);
});

test('nobody is told of the pictures of whoever was signed in before', () => {
  const list = new UntakenList(vi.fn());
  list.ownedBy('ann');
  list.add(row('a'));
  list.ownedBy(null);
  list.ownedBy('ann');
  expect(list.getView(), 'the session only ended for a while').toHaveLength(1);
  list.ownedBy('bob');
  expect(list.getView()).toEqual([]);
});
