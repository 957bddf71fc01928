/** Background work, kept fresh by events. */
import { useQuery } from '@tanstack/react-query';

import { request } from '@/lib/api-client';
import type { Page } from '@/lib/paging';
import type { Job, JobState } from '@/types/api';

export const LIVE_STATES: JobState[] = ['queued', 'running'];
export const isLive = (job: Job) => LIVE_STATES.includes(job.state);
const LIVE_POLL_MS = 5_000; // beside events: a job's progress must not stand still when the stream is down
const IDLE_POLL_MS = 60_000;

export function useJobs(filters: { project_id?: string; state?: string } = {}) {
  return useQuery({
    queryKey: ['jobs', filters],
    queryFn: () => request<Page<Job>>('GET', '/jobs', { query: { ...filters, page_size: 50 } }),
    select: (page) => page.results,
    refetchInterval: (query) => (query.state.data?.results.some(isLive) ? LIVE_POLL_MS : IDLE_POLL_MS),
  });
}

/** One job, followed until it ends; for pages that started it. */
export function useJob(jobId: string | null | undefined) {
  return useQuery({
    queryKey: ['jobs', 'one', jobId],
    queryFn: () => request<Job>('GET', `/jobs/${jobId ?? ''}`),
    enabled: Boolean(jobId),
    refetchInterval: (query) => (query.state.data && !isLive(query.state.data) ? false : LIVE_POLL_MS),
  });
}
