/** What review asks the API. */
import { api, idempotent, unwrap } from '@/lib/api-client';
import type { OpenTask } from '@/types/annotation';

/** Claims the oldest revision this person may review; null when none waits. */
export async function reviewNext(projectId: string, exclude: string[]): Promise<OpenTask | null> {
  const { data, response } = await api.POST('/api/v1/projects/{project_id}/review/next', {
    params: { path: { project_id: projectId } },
    body: { exclude_task_ids: exclude },
  });
  return response.status === 204 ? null : (data as OpenTask);
}

/** Opens one task to review it again, after an undo. */
export const openForReview = (task_id: string) =>
  unwrap(
    api.POST('/api/v1/tasks/{task_id}/open', { params: { path: { task_id } }, body: { as: 'review' } }),
  ) as Promise<OpenTask>;

export const reviewQueue = (project_id: string) =>
  unwrap(
    api.GET('/api/v1/projects/{project_id}/review/queue', {
      params: { path: { project_id }, query: { page_size: 100 } },
    }),
  );

export const getRevision = (revision_id: string) =>
  unwrap(api.GET('/api/v1/revisions/{revision_id}', { params: { path: { revision_id } } }));

export const getConsensus = (task_id: string) =>
  unwrap(api.GET('/api/v1/tasks/{task_id}/consensus', { params: { path: { task_id } } }));

/** Puts the answers together again, in a job. */
export const mergeAgain = (
  task_id: string,
  method: 'vote' | 'crowd',
  quorum: number,
  label_quorums: Record<string, number>,
) =>
  unwrap(
    api.POST('/api/v1/tasks/{task_id}/consensus/merge', {
      params: { path: { task_id } },
      body: { method, quorum, label_quorums },
      headers: idempotent(),
    }),
  );

/** Pictures whose answers are all in, and that no job puts together. */
export const unmergedOf = (project_id: string) =>
  unwrap(api.GET('/api/v1/projects/{project_id}/consensus/unmerged', { params: { path: { project_id } } }));

export const mergeRetry = (task_id: string) =>
  unwrap(
    api.POST('/api/v1/tasks/{task_id}/consensus/retry', {
      params: { path: { task_id } },
      headers: idempotent(),
    }),
  );

export const takeAnswer = (task_id: string, revision_id: string) =>
  unwrap(
    api.POST('/api/v1/tasks/{task_id}/consensus/take', {
      params: { path: { task_id } },
      body: { revision_id },
      headers: idempotent(),
    }),
  );

export const askOneMore = (task_id: string) =>
  unwrap(
    api.POST('/api/v1/tasks/{task_id}/consensus/ask', {
      params: { path: { task_id } },
      headers: idempotent(),
    }),
  );

export const decide = (revision_id: string, verdict: 'approve' | 'return', reason: string, key: string) =>
  unwrap(
    api.POST('/api/v1/revisions/{revision_id}/decide', {
      params: { path: { revision_id } },
      body: { verdict, reason },
      headers: idempotent(key),
    }),
  );

export const undoDecision = (revision_id: string) =>
  unwrap(api.POST('/api/v1/revisions/{revision_id}/undo', { params: { path: { revision_id } } }));

export const release = (assignment_id: string) =>
  unwrap(api.POST('/api/v1/assignments/{assignment_id}/release', { params: { path: { assignment_id } } }));

// ---- the grid

export type GridFilters = { label_id?: string; min_score?: number };

export const suggestions = (project_id: string, filters: GridFilters, cursor?: string) =>
  unwrap(
    api.GET('/api/v1/projects/{project_id}/suggestions', {
      params: { path: { project_id }, query: { ...filters, state: 'open', page_size: 120, cursor } },
    }),
  );

export type GridVerdict = 'accepted' | 'rejected';

export const decideSuggestions = (project_id: string, ids: readonly string[], decision: GridVerdict) =>
  unwrap(
    api.POST('/api/v1/suggestions/decide', {
      body: { project_id, items: ids.map((suggestion_id) => ({ suggestion_id, decision })) },
      headers: idempotent(),
    }),
  );

export const undoSuggestions = (ids: readonly string[]) =>
  unwrap(api.POST('/api/v1/suggestions/undo', { body: { suggestion_ids: [...ids] } }));
