/** The frames of a video that an open task is about: all, or those of its part. Counted from 0. Pure. */
import type { OpenTask, TaskAsset } from '@/types/annotation';

export type Reach = { readonly first: number; readonly last: number };

export function reachOf({ frame_count }: Pick<TaskAsset, 'frame_count'>, part: OpenTask['part']): Reach {
  if (part) return { first: part.frame_start, last: part.frame_end - 1 };
  return { first: 0, last: Math.max(0, (frame_count ?? 1) - 1) };
}
