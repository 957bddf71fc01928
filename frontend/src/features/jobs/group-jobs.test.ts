import { expect, it } from 'vitest';

import { groupJobs } from '@/features/jobs/group-jobs';
import type { Job } from '@/types/api';

const job = (id: string, part: Partial<Job> = {}) =>
  ({
    id,
    kind: 'media.ingest_upload',
    state: 'succeeded',
    project_id: 'p1',
    created_by_name: 'Ana',
    ...part,
  }) as Job;
const ids = (groups: Job[][]) => groups.map((group) => group.map(({ id }) => id).join(''));

it('brings three or more finished jobs of a kind together, and keeps their order', () => {
  expect(groupJobs([])).toEqual([]);
  expect(ids(groupJobs([job('a'), job('b'), job('c'), job('d', { kind: 'learning.train' })]))).toEqual([
    'abc',
    'd',
  ]);
});

it('never hides what runs or failed, and leaves pairs alone', () => {
  const mixed = [
    job('a'),
    job('b', { state: 'failed' }),
    job('c'),
    job('d', { state: 'running' }),
    job('e'),
    job('f'),
  ];
  expect(ids(groupJobs(mixed))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

it('keeps projects and people apart', () => {
  const rows = [job('a'), job('b'), job('c', { project_id: 'p2' }), job('d', { created_by_name: 'Rui' })];
  expect(ids(groupJobs(rows))).toEqual(['a', 'b', 'c', 'd']);
});
