import { api, unwrap } from '@/lib/api-client';

const byId = (jobId: string) => ({ params: { path: { job_id: jobId } } });

export const jobCancel = (jobId: string) => unwrap(api.POST('/api/v1/jobs/{job_id}/cancel', byId(jobId)));
export const jobRetry = (jobId: string) => unwrap(api.POST('/api/v1/jobs/{job_id}/retry', byId(jobId)));
