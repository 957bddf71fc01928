/** What other pictures left unsent goes now: edits and submits of a page that was closed, or of one offline. */
import { maySendAs, signedInAs } from '@/lib/person';

import { patchDraftAs, submitWork } from '../api';
import { openJournal, type JournalEntry } from '../saving/journal';
import { sendLeftovers } from '../saving/leftovers';
import { annotateWords as words } from '../strings';
import { behind } from './behind';
import { untaken } from './untaken';

const openNow = new Set<(entry: JournalEntry) => boolean>();

/** Says of works that they are open on a page, or being opened. Returns the way to stop. */
export function whileOpen(isOpen: (entry: JournalEntry) => boolean): () => void {
  openNow.add(isOpen);
  return () => openNow.delete(isOpen);
}

let sweeping: Promise<unknown> | null = null;

/** One at a time, however many ask. Never throws. */
export function sweep(): Promise<unknown> {
  sweeping ??= sweepAs(signedInAs())
    .catch(() => 0)
    .finally(() => (sweeping = null));
  return sweeping;
}

async function sweepAs(me: string | null | undefined): Promise<number> {
  if (!me) return 0;
  const isBusy = (entry: JournalEntry): boolean =>
    // Entries of before owners were kept have none.
    ((entry.owner as string | undefined) ?? me) !== me ||
    !maySendAs(me) ||
    behind.assignmentIds.has(entry.assignmentId) ||
    [...openNow].some((isOpen) => isOpen(entry));
  return sendLeftovers(await openJournal(), {
    isBusy,
    send: (...said) => patchDraftAs(me, ...said),
    submit: submitWork,
    during: (entry, work) => behind.during(entry.taskId, me, work),
    onSubmitted: (entry) => untaken.settle(entry.taskId),
    onRefused: ({ taskId }, { projectId, taskName }, error) => {
      const text = error.isStale ? words.notSubmittedElsewhere : error.message;
      const title = words.notSubmittedOf(taskName);
      untaken.add({ taskId, projectId, name: taskName, title, text });
    },
  });
}
