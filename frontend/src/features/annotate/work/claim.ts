/** The next picture of a queue that nothing on this page knows yet. */
import type { OpenTask } from '@/types/annotation';

import { claimNext } from '../api';
import { behind } from './behind';

/** A submit that takes longer than this is told of elsewhere; the queue says what it has without it. */
const SUBMITS_MS = 8_000;

/**
 * Claims the next task; null when nothing is left. Pictures whose submits are on their way are still the person's
 * own for the server: they are left out, and where nothing else is left their answers are waited for, since one
 * that was not taken is to be done again. Throws ApiError.
 */
export async function claimAtLast(projectId: string): Promise<OpenTask | null> {
  const onTheirWay = behind.taskIds;
  const task = await claimNext(projectId, onTheirWay);
  if (task || onTheirWay.length === 0) return task;
  await Promise.race([behind.idle(), new Promise((resolve) => setTimeout(resolve, SUBMITS_MS))]);
  return claimNext(projectId, behind.taskIds);
}
