import { Badge, Progress, Text } from '@mantine/core';

import { jobWords as words, STATE_NAMES } from '@/features/jobs/strings';
import { percent } from '@/lib/numbers';
import { duration, secondsLeft } from '@/lib/time';
import type { Job } from '@/types/api';

const COLORS: Record<string, string> = {
  queued: 'gray',
  running: 'teal',
  succeeded: 'teal',
  failed: 'red',
  cancelled: 'gray',
};

export function JobBadge({ job }: { job: Job }) {
  return (
    <Badge variant="light" color={COLORS[job.state] ?? 'gray'} tt="none" miw={72}>
      {STATE_NAMES[job.state] ?? job.state}
    </Badge>
  );
}

/** How far it is, and in words what it does or why it failed. */
export function JobProgress({ job }: { job: Job }) {
  const left = job.state === 'running' && job.started_at ? secondsLeft(job.started_at, job.progress) : null;
  return (
    <div>
      {job.state === 'running' && (
        <Progress value={job.progress * 100} size="sm" mb={4} aria-label={`Progress of ${job.title}`} />
      )}
      <Text size="xs" c={job.state === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'} lineClamp={2}>
        {describe(job)}
        {left !== null && ` · ${duration(left)} left`}
      </Text>
    </div>
  );
}

function describe(job: Job): string {
  if (job.state === 'failed') return job.error.split('\n')[0] ?? '';
  if (job.state === 'queued') return words.waiting;
  // What a job said last on its way ("0 of 48") would read as its outcome.
  if (job.state === 'succeeded') return '\u00a0';
  return job.message || (job.state === 'running' ? percent(job.progress) : '\u00a0');
}

export function tookSeconds(job: Job): number | null {
  if (!job.started_at) return null;
  const end = job.finished_at ? new Date(job.finished_at).getTime() : Date.now();
  return (end - new Date(job.started_at).getTime()) / 1000;
}
