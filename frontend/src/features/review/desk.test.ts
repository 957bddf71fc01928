import { expect, it, vi } from 'vitest';

import type { OpenTask } from '@/types/annotation';

import * as api from './api';
import { ReviewDesk } from './desk';

vi.mock('./api');

const task = {
  id: 't1',
  people: 1,
  suggestions: [],
  asset: { kind: 'video' },
  review: { revision_id: 'r1' },
  assignment: null,
} as unknown as OpenTask;

it('a verdict while another is on its way is none, and says so', async () => {
  vi.mocked(api.reviewNext).mockResolvedValueOnce(task).mockResolvedValue(null);
  vi.mocked(api.getRevision).mockResolvedValue({
    id: 'r1',
    base_revision_id: null,
    labels: { regions: [], tags: [] },
  } as unknown as Awaited<ReturnType<typeof api.getRevision>>);
  let answer = () => {};
  vi.mocked(api.decide).mockReturnValue(
    new Promise((resolve) => {
      answer = () => resolve({} as Awaited<ReturnType<typeof api.decide>>);
    }),
  );
  const desk = new ReviewDesk('p1');
  await desk.advance();
  const first = desk.decide('return', 'Off');
  expect(await desk.decide('return', 'Off')).toBe(false);
  answer();
  expect(await first).toBe(true);
  expect(api.decide).toHaveBeenCalledTimes(1);
  expect(desk.getView().decided).toEqual([{ revisionId: 'r1', taskId: 't1', verdict: 'return' }]);
  // Nothing is on the desk by now.
  expect(await desk.decide('approve', '')).toBe(false);
});
