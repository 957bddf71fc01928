/** A dropped folder makes one job per file: done ones of a kind, side by side, are shown as one line. */
import type { Job } from '@/types/api';

const GROUP_MIN = 3;

/** Runs of at least three finished jobs of one kind, project and person come together; everything else stays alone. */
export function groupJobs(jobs: Job[]): Job[][] {
  const runs: Job[][] = [];
  for (const job of jobs) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && belongTogether(last, job)) run.push(job);
    else runs.push([job]);
  }
  return runs.flatMap((run) => (run.length >= GROUP_MIN ? [run] : run.map((job) => [job])));
}

const belongTogether = (a: Job, b: Job) =>
  a.state === 'succeeded' &&
  b.state === 'succeeded' &&
  a.kind === b.kind &&
  a.project_id === b.project_id &&
  a.created_by_name === b.created_by_name;
