/** What the editor asks the API. */
import type { WireOp } from '@/canvas/document/wire';
import { api, idempotent, ifMatch, request, unwrap } from '@/lib/api-client';
import { ApiError } from '@/lib/api-error';
import { maySendAs } from '@/lib/person';
import type { HistoryPage, OpenTask, Present, RecentTask, Submitted } from '@/types/annotation';

import type { SubmitBody } from './saving/journal';
import type { Saved } from './saving/outbox';
import { outliving } from './saving/outliving';

/** `correct` takes back one's own submit that still waits for its review. */
export type WorkKind = 'label' | 'review' | 'correct';

const JSON_BODY = { 'Content-Type': 'application/json' };
const task = (task_id: string) => ({ params: { path: { task_id } } });
const work = (assignment_id: string) => ({ params: { path: { assignment_id } } });

/** Claims the next task; null when nothing is left for this person. */
export async function claimNext(projectId: string, exclude: string[]): Promise<OpenTask | null> {
  const { data, response } = await api.POST('/api/v1/projects/{project_id}/tasks/next', {
    params: { path: { project_id: projectId } },
    body: { exclude_task_ids: exclude },
  });
  return response.status === 204 ? null : (data as OpenTask);
}

export const openTask = (taskId: string, as: WorkKind) =>
  unwrap(api.POST('/api/v1/tasks/{task_id}/open', { ...task(taskId), body: { as } })) as Promise<OpenTask>;

export const lookAtTask = (taskId: string) =>
  unwrap(api.GET('/api/v1/tasks/{task_id}', task(taskId))) as Promise<OpenTask>;

/** The last ten pictures this person saved or submitted labels of, newest first. */
export const recentTasks = (project_id: string): Promise<RecentTask[]> =>
  unwrap(api.GET('/api/v1/projects/{project_id}/tasks/recent', { params: { path: { project_id } } }));

/** Claims the next picture of a burst; null at its end. */
export async function nextOfSeries(taskId: string): Promise<OpenTask | null> {
  const { data, response } = await api.POST('/api/v1/tasks/{task_id}/next-of-series', task(taskId));
  return response.status === 204 ? null : (data as OpenTask);
}

/** The task's revisions, newest first, each with what it changed. */
export const taskHistory = (taskId: string, cursor?: string): Promise<HistoryPage> =>
  unwrap(
    api.GET('/api/v1/tasks/{task_id}/revisions', {
      params: { path: { task_id: taskId }, query: { cursor } },
    }),
  );

/** Says that this page has the task open; answers every page that has. */
export const presenceNote = async (taskId: string, tab: string): Promise<Present[]> =>
  (await unwrap(api.PUT('/api/v1/tasks/{task_id}/presence', { ...task(taskId), body: { tab } }))).present;

/** Outlives the page: it is said as the page goes. */
export const presenceEnd = (taskId: string, tab: string) =>
  request<undefined>('POST', `/tasks/${taskId}/presence`, { body: { tab }, keepalive: true });

/** A line that swallows everything must end as "no answer", so that it is tried again. */
const ANSWER_MS = 30_000;

export const patchDraft = (id: string, version: number, ops: WireOp[], active_seconds: number) =>
  outliving(JSON.stringify({ ops, active_seconds }), (raw, keepalive) =>
    request<Saved>('PATCH', `/assignments/${id}/draft`, {
      raw,
      headers: { ...ifMatch(version), ...JSON_BODY },
      signal: AbortSignal.timeout(ANSWER_MS),
      keepalive,
    }),
  );

/** What one person drew is never sent as another. Rejects with ApiError. */
export const patchDraftAs = async (owner: string, ...said: Parameters<typeof patchDraft>): Promise<Saved> => {
  if (!maySendAs(owner)) throw new ApiError(401, { code: 'signed_out' });
  return patchDraft(...said);
};

export const renewLease = (id: string) =>
  unwrap(api.POST('/api/v1/assignments/{assignment_id}/renew', work(id)));

export const skipTask = (id: string, reason: string) =>
  unwrap(api.POST('/api/v1/assignments/{assignment_id}/skip', { ...work(id), body: { reason } }));

export const releaseTask = (id: string) =>
  unwrap(api.POST('/api/v1/assignments/{assignment_id}/release', work(id)));

export const submitWork = (id: string, version: number, key: string, body: SubmitBody) =>
  outliving(JSON.stringify(body), (raw, keepalive) =>
    request<Submitted>('POST', `/assignments/${id}/submit`, {
      raw,
      headers: { ...ifMatch(version), ...idempotent(key), ...JSON_BODY },
      signal: AbortSignal.timeout(ANSWER_MS),
      keepalive,
    }),
  );

export const getRevision = (revision_id: string) =>
  unwrap(api.GET('/api/v1/revisions/{revision_id}', { params: { path: { revision_id } } }));
