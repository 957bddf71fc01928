/** Calls about remarks on a picture. */
import { api, idempotent, unwrap } from '@/lib/api-client';

export type Place = { x: number; y: number };

export const addComment = (task_id: string, text: string, at: Place | null) =>
  unwrap(
    api.POST('/api/v1/tasks/{task_id}/comments', {
      params: { path: { task_id } },
      body: { text, x: at?.x ?? null, y: at?.y ?? null },
      headers: idempotent(),
    }),
  );

export const replyToComment = (comment_id: string, text: string) =>
  unwrap(
    api.POST('/api/v1/comments/{comment_id}/replies', {
      params: { path: { comment_id } },
      body: { text },
      headers: idempotent(),
    }),
  );

export const resolveComment = (comment_id: string, resolved: boolean) =>
  unwrap(
    api.PATCH('/api/v1/comments/{comment_id}', { params: { path: { comment_id } }, body: { resolved } }),
  );
