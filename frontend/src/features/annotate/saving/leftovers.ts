/**
 * Finishes what was left in the journal by pictures that are not open any more: edits left while offline or in a
 * crash, and submits that a page did not live to hear the answer of.
 */
import type { WireOp } from '@/canvas/document/wire';
import { toApiError, type ApiError } from '@/lib/api-error';

import type { Intent, Journal, JournalEntry, SubmitBody } from './journal';
import type { Saved } from './outbox';

export type LeftoverHost = {
  /** Whether another sender has this work in hand by now. Asked again before each word, for it may change. */
  isBusy: (entry: JournalEntry) => boolean;
  send: (assignmentId: string, version: number, ops: WireOp[], activeSeconds: number) => Promise<Saved>;
  submit: (assignmentId: string, version: number, key: string, body: SubmitBody) => Promise<unknown>;
  /** A submit is finished: the picture must not be opened before it is over. */
  during: (entry: JournalEntry, work: Promise<unknown>) => void;
  onSubmitted: (entry: JournalEntry, intent: Intent) => void;
  onRefused: (entry: JournalEntry, intent: Intent, error: ApiError) => void;
};

/**
 * A tab that still has the picture open may send the same again: operations carry ids and submits a key, so the
 * server knows them. What the server refuses stays in the journal: it is merged when the picture is opened again.
 * Answers how many entries were sent.
 */
export async function sendLeftovers(journal: Journal, host: LeftoverHost): Promise<number> {
  let sent = 0;
  for (const entry of await journal.all()) {
    const isPending = entry.sending.length + entry.waiting.length > 0 || entry.intent;
    if (!isPending || host.isBusy(entry)) continue;
    const work = sendOne(journal, entry, host).catch(() => false);
    if (entry.intent) host.during(entry, work);
    if (await work) sent += 1;
  }
  return sent;
}

/** Whether all of it is on the server. Throws where nothing more can be said now. */
async function sendOne(journal: Journal, entry: JournalEntry, host: LeftoverHost): Promise<boolean> {
  const { assignmentId, activeSeconds, intent } = entry;
  let { version } = entry;
  try {
    // In two steps, as the outbox would: the first may have arrived before.
    for (const batch of [entry.sending, entry.waiting]) {
      if (batch.length === 0) continue;
      if (host.isBusy(entry)) return false;
      const ops = batch.map((each) => each.op);
      version = (await host.send(assignmentId, version, ops, activeSeconds)).draft_version;
    }
    if (host.isBusy(entry)) return false;
    if (intent) await host.submit(assignmentId, version, intent.key, intent.body);
  } catch (error) {
    await refused(journal, entry, host, toApiError(error));
    return false;
  }
  if (host.isBusy(entry)) return false;
  if (intent) host.onSubmitted(entry, intent);
  if (entry.decisions.length === 0 || intent) await journal.drop(entry);
  else await journal.write({ ...entry, version, sending: [], waiting: [] });
  return true;
}

/** A word of the server ends the submit, and the person is told; without one it is tried another time. */
async function refused(
  journal: Journal,
  entry: JournalEntry,
  host: LeftoverHost,
  error: ApiError,
): Promise<void> {
  const { intent } = entry;
  if (!intent || error.isTransient || error.isSignedOut || host.isBusy(entry)) return;
  host.onRefused(entry, intent, error);
  const isEmpty = entry.sending.length + entry.waiting.length + entry.decisions.length === 0;
  await (isEmpty ? journal.drop(entry) : journal.write({ ...entry, intent: null }));
}
