/** Following an object, as the API speaks it. */
import { jobStop } from '../assist/api';
import { idempotent, request } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type FollowAsked = Schemas['FollowStartRequest'];
export type FollowTold = Schemas['Follow'];

/** What the asking goes through; tests bring their own. */
export type FollowDoor = {
  readonly start: (taskId: string, asked: FollowAsked) => Promise<FollowTold>;
  readonly look: (id: string, after: number, edition: number) => Promise<FollowTold>;
  readonly stop: (jobId: string) => Promise<unknown>;
};

export const followDoor: FollowDoor = {
  start: (taskId, asked) =>
    request<FollowTold>('POST', `/tasks/${taskId}/follows`, { body: asked, headers: idempotent() }),
  look: (id, after, edition) =>
    request<FollowTold>('GET', `/follows/${id}?after=${after}&edition=${edition}`),
  stop: jobStop,
};
