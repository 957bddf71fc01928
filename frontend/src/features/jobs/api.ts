import { api, unwrap } from '@/lib/api-client';

export const jobRetry = (jobId: string) =>
  unwrap(api.POST('/api/v1/jobs/{job_id}/retry', { params: { path: { job_id: jobId } } }));
