/** What the assist asks the API. */
import { api, idempotent, request, unwrap } from '@/lib/api-client';
import type { OpenTask } from '@/types/annotation';
import type { Job, Schemas } from '@/types/api';

export type AssistReady = Schemas['AssistState'];
export type AssistAnswer = Schemas['AssistAnswer'];
export type AssistPrompt = Schemas['AssistDecodeRequest'];

const task = (task_id: string) => ({ params: { path: { task_id } } });

export const assistEncode = (taskId: string): Promise<AssistReady> =>
  unwrap(api.POST('/api/v1/tasks/{task_id}/assist/encode', task(taskId)));

export const assistDecode = (
  taskId: string,
  body: AssistPrompt,
  signal: AbortSignal,
): Promise<AssistAnswer> => request<AssistAnswer>('POST', `/tasks/${taskId}/assist/decode`, { body, signal });

/** Starts the search; answers the job that tells how far it is. */
export const findEverything = (taskId: string, box: number[] | null, labelId: string | null): Promise<Job> =>
  request<Job>('POST', `/tasks/${taskId}/assist/everything`, {
    body: { box, label_id: labelId },
    headers: idempotent(),
  });

/** Box suggestions become outlines: these, or all of the picture for none. */
export const outlineSuggestions = (
  taskId: string,
  suggestionIds: readonly string[],
  shape: 'polygon' | 'mask',
): Promise<Schemas['Refined']> =>
  request<Schemas['Refined']>('POST', `/tasks/${taskId}/suggestions/refine`, {
    body: { suggestion_ids: suggestionIds, shape },
  });

export const jobStop = (job_id: string): Promise<Job> =>
  unwrap(api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id } } }));

export const jobOf = (job_id: string): Promise<Job> =>
  unwrap(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id } } }));

/** All that the picture's models suggest now. */
export const suggestionsOf = async (taskId: string): Promise<OpenTask['suggestions']> =>
  ((await unwrap(api.GET('/api/v1/tasks/{task_id}', task(taskId)))) as OpenTask).suggestions;
