/** Background work, kept fresh by events. */
import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import type { Job, JobState } from '@/types/api';

export const LIVE_STATES: JobState[] = ['queued', 'running'];
export const isLive = (job: Job) => LIVE_STATES.includes(job.state);
const LIVE_POLL_MS = 5_000; // beside events: a job's progress must not stand still when the stream is down
const IDLE_POLL_MS = 60_000;

export function useJobs(filters: { project_id?: string; state?: JobState | 'live' } = {}) {
  return useQuery({
    queryKey: ['jobs', filters],
    queryFn: () => unwrap(api.GET('/api/v1/jobs', { params: { query: { ...filters, page_size: 50 } } })),
    select: (page) => page.results,
    refetchInterval: (query) => (query.state.data?.results.some(isLive) ? LIVE_POLL_MS : IDLE_POLL_MS),
  });
}

/** One job, followed until it ends; for pages that started it. */
export function useJob(jobId: string | null | undefined) {
  return useQuery({
    queryKey: ['jobs', 'one', jobId],
    queryFn: () => unwrap(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: jobId ?? '' } } })),
    enabled: Boolean(jobId),
    refetchInterval: (query) => (query.state.data && !isLive(query.state.data) ? false : LIVE_POLL_MS),
  });
}

/** At once where it has not started, else at its next step. */
export const jobCancel = (jobId: string) =>
  unwrap(api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id: jobId } } }));
