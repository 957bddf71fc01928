import { expect, it } from 'vitest';

import { grouped, live, merged, stored } from '@/features/live/events';

const at = '2026-11-23T15:00:00.100Z';

it('says what happened', () => {
  const heard = live(
    {
      kind: 'feed',
      project_id: 'p',
      data: { id: 'f1', event: 'track', track_id: 12, label: 'person', score: 0.834 },
    },
    at,
  );
  expect(heard).toMatchObject({ feedId: 'f1', text: 'person 12 seen, .83', taskId: null });
});

it('takes a change of a feed for no event', () => {
  expect(live({ kind: 'feed', project_id: 'p', data: { id: 'f1' } }, at)).toBeNull();
});

it('shows once what came live and was then fetched, newest first', () => {
  const capture = { task_id: 't1', reason: 'near_threshold', score: 0.3 };
  const heard = live(
    { kind: 'feed', project_id: 'p', data: { id: 'f1', event: 'capture', ...capture } },
    at,
  )!;
  const same = stored('f1', {
    id: 'e1',
    kind: 'capture',
    at: '2026-11-23T15:00:00.050Z',
    source_time_s: 1,
    model_version_id: null,
    payload: capture,
  });
  const older = { ...same, key: 'e0', at: '2026-11-23T14:00:00Z', text: 'Online' };
  const list = merged([heard], [older, same]);
  expect(list.map(({ text }) => text)).toEqual(['Sent back, unsure, .30', 'Online']);
  expect(list[0]?.taskId).toBe('t1');
});

it('draws runs of one feed together', () => {
  const at = (minute: number, feedId: string, kind: 'capture' | 'state') =>
    ({
      key: `${minute}`,
      feedId,
      kind,
      at: `2026-11-23T15:0${minute}:00Z`,
      text: 't',
      taskId: null,
      more: 0,
    }) as const;
  const list = grouped([
    at(5, 'a', 'capture'),
    at(4, 'a', 'capture'),
    at(3, 'b', 'capture'),
    at(2, 'b', 'state'),
  ]);
  expect(list.map(({ key, more }) => [key, more])).toEqual([
    ['5', 1],
    ['3', 0],
    ['2', 0],
  ]);
});
