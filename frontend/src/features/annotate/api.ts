/** What the editor asks the API. */
import type { WireDecision, WireOp } from '@/canvas/document/wire';
import { api, idempotent, ifMatch, request, unwrap } from '@/lib/api-client';
import type { OpenTask } from '@/types/annotation';

import type { Saved } from './saving/outbox';

export type WorkKind = 'label' | 'review';

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

/** `correct` takes back one's own submit that still waits for its review. */
export const openTask = (taskId: string, as: WorkKind | 'correct') =>
  unwrap(api.POST('/api/v1/tasks/{task_id}/open', { ...task(taskId), body: { as } })) as Promise<OpenTask>;

export const lookAtTask = (taskId: string) =>
  unwrap(api.GET('/api/v1/tasks/{task_id}', task(taskId))) as Promise<OpenTask>;

/** A line that swallows everything must end as "no answer", so that the outbox tries again. */
const SAVE_TIMEOUT_MS = 30_000;
/** The browser lets 64 KiB on their way outlive a page, all requests together. */
const OUTLIVES_PAGE_CHARS = 20_000;

export const patchDraft = (id: string, version: number, ops: WireOp[], active_seconds: number) => {
  const raw = JSON.stringify({ ops, active_seconds });
  return request<Saved>('PATCH', `/assignments/${id}/draft`, {
    raw,
    headers: { ...ifMatch(version), 'Content-Type': 'application/json' },
    signal: AbortSignal.timeout(SAVE_TIMEOUT_MS),
    keepalive: raw.length <= OUTLIVES_PAGE_CHARS,
  });
};

export const renewLease = (id: string) =>
  unwrap(api.POST('/api/v1/assignments/{assignment_id}/renew', work(id)));

export const skipTask = (id: string, reason: string) =>
  unwrap(api.POST('/api/v1/assignments/{assignment_id}/skip', { ...work(id), body: { reason } }));

export const releaseTask = (id: string) =>
  unwrap(api.POST('/api/v1/assignments/{assignment_id}/release', work(id)));

export type SubmitBody = {
  base_revision_id: string | null;
  decisions: WireDecision[];
  active_seconds: number;
  approve: boolean;
};

export const submitWork = (id: string, version: number, key: string, body: SubmitBody) =>
  request<{ revision: { id: string; number: number }; task_state: string }>(
    'POST',
    `/assignments/${id}/submit`,
    { body, headers: { ...ifMatch(version), ...idempotent(key) } },
  );

export const getRevision = (revision_id: string) =>
  unwrap(api.GET('/api/v1/revisions/{revision_id}', { params: { path: { revision_id } } }));

export const addComment = (taskId: string, text: string, at: { x: number; y: number } | null) =>
  unwrap(
    api.POST('/api/v1/tasks/{task_id}/comments', {
      ...task(taskId),
      body: { text, x: at?.x ?? null, y: at?.y ?? null },
    }),
  );

export const resolveComment = (comment_id: string, resolved: boolean) =>
  unwrap(
    api.PATCH('/api/v1/comments/{comment_id}', { params: { path: { comment_id } }, body: { resolved } }),
  );

// ---- assist

export type AssistReady = {
  state: 'ready' | 'encoding' | 'unavailable';
  backend: 'basic' | 'sam';
  message: string;
};
export type AssistPrompt = {
  points: { x: number; y: number; inside: boolean }[];
  box: number[] | null;
  viewport: number[];
};
export type AssistAnswer = {
  candidates: { polygon: { points: number[][]; holes: number[][][] }; score: number }[];
  backend: 'basic' | 'sam';
  ms: number;
};

export const assistEncode = (taskId: string) =>
  request<AssistReady>('POST', `/tasks/${taskId}/assist/encode`);

export const assistDecode = (taskId: string, body: AssistPrompt, signal: AbortSignal) =>
  request<AssistAnswer>('POST', `/tasks/${taskId}/assist/decode`, { body, signal });
