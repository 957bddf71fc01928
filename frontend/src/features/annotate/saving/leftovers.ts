/** Sends what was left in the journal by pictures that are not open any more: left while offline, or in a crash. */
import type { WireOp } from '@/canvas/document/wire';

import type { Journal, JournalEntry } from './journal';
import type { Saved } from './outbox';

type Send = (assignmentId: string, version: number, ops: WireOp[], activeSeconds: number) => Promise<Saved>;

/**
 * Entries of `busy` works are their own outboxes' to send. A tab that still has the picture open may send the same
 * again: operations carry ids, so the server knows them. What the server refuses stays in the journal: it is merged
 * when the picture is opened again. Answers how many entries were sent.
 */
export async function sendLeftovers(
  journal: Journal,
  busy: ReadonlySet<string>,
  send: Send,
): Promise<number> {
  let sent = 0;
  for (const entry of await journal.all()) {
    const isPending = entry.sending.length + entry.waiting.length > 0;
    if (!isPending || busy.has(entry.assignmentId)) continue;
    const isSent = await sendOne(journal, entry, send).then(
      () => true,
      () => false,
    );
    if (isSent) sent += 1;
  }
  return sent;
}

async function sendOne(journal: Journal, entry: JournalEntry, send: Send): Promise<void> {
  let { version } = entry;
  // In two steps, as the outbox would: the first may have arrived before.
  for (const batch of [entry.sending, entry.waiting]) {
    if (batch.length === 0) continue;
    const ops = batch.map((each) => each.op);
    version = (await send(entry.assignmentId, version, ops, entry.activeSeconds)).draft_version;
  }
  if (entry.decisions.length === 0) await journal.drop(entry);
  else await journal.write({ ...entry, version, sending: [], waiting: [] });
}
