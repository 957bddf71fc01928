/** The end of one piece of work: what is said when it is submitted, and what becomes of a refusal. */
import type { WireDecision, WireLabels } from '@/canvas/document/wire';
import { newIdempotencyKey } from '@/lib/api-client';
import { toApiError, type ApiError } from '@/lib/api-error';
import type { OpenTask } from '@/types/annotation';

import { submitWork, type SubmitBody } from '../api';
import type { OtherRevision } from '../saving/merging';
import type { CurrentDraft, Outbox } from '../saving/outbox';

/** Refusals by field: `regions.<id>`, `labels.<id>`, `tags`, `nothing_here`. */
export type Refusals = Readonly<Record<string, string>>;

export type SubmitResult =
  | { kind: 'done'; progress: OpenTask['progress'] }
  /** What the server will not take, by field. */
  | { kind: 'refused'; fields: Refusals; message: string }
  | { kind: 'not-saved' }
  /** What was drawn could not be sent: no answer from the server. */
  | { kind: 'offline' }
  /** Merged with another's revision, or about to be: to be looked at and submitted again. */
  | { kind: 'conflict' }
  | { kind: 'failed'; error: ApiError };

/** What a submit asks of the open task. */
export type SubmitHost = {
  task: OpenTask;
  outbox: Outbox;
  isMerging: () => boolean;
  baseRevisionId: () => string | null;
  decisions: () => WireDecision[];
  activeSeconds: () => number;
  /** Changed while the submit was on its way. */
  reopen: () => Promise<void>;
  clashWithRevision: (theirs: OtherRevision) => Promise<void>;
  clashWithDraft: (current: CurrentDraft) => void;
};

type Said = { key: string; version: number; body: SubmitBody };

export class Submitting {
  private last: Said | null = null;

  /** `nothingHere`: the person's word that the picture is empty. Never throws. */
  async submit(host: SubmitHost, assignmentId: string, nothingHere: boolean): Promise<SubmitResult> {
    const { outbox } = host;
    try {
      await outbox.flush();
      if (host.isMerging()) return { kind: 'conflict' };
      if (outbox.state === 'offline') return { kind: 'offline' };
      if (outbox.state === 'conflict') return { kind: 'conflict' };
      if (outbox.problem) return { kind: 'failed', error: outbox.problem };
      if (outbox.state !== 'saved') return { kind: 'not-saved' };
      const { key, version, body } = this.once(host, nothingHere);
      const { progress } = await submitWork(assignmentId, version, key, body);
      if (outbox.pending > 0) {
        // Changed while the submit was on its way: taken back, so that the change is not left out of it.
        await host.reopen();
        return { kind: 'not-saved' };
      }
      return { kind: 'done', progress };
    } catch (error) {
      return await this.refused(host, toApiError(error));
    }
  }

  /** The same submit again says the very same, so that the server knows it for the same. */
  private once(host: SubmitHost, nothingHere: boolean): Said {
    const { version } = host.outbox;
    const body: SubmitBody = {
      base_revision_id: host.baseRevisionId(),
      decisions: host.decisions(),
      active_seconds: host.activeSeconds(),
      approve: host.task.mode === 'review',
      nothing_here: nothingHere,
    };
    const { last } = this;
    if (last?.version === version && sameButTime(last.body, body)) return last;
    this.last = { key: newIdempotencyKey(), version, body };
    return this.last;
  }

  private async refused(host: SubmitHost, error: ApiError): Promise<SubmitResult> {
    const current = error.extra.current as
      (Partial<CurrentDraft> & { revision?: OtherRevision | null }) | undefined;
    if (!error.isTransient) this.last = null;
    if (error.isStale && current?.revision) {
      await host.clashWithRevision(current.revision);
      return { kind: 'conflict' };
    }
    if (error.isStale && current?.labels && current.draft_version !== undefined) {
      host.clashWithDraft({ draft_version: current.draft_version, labels: current.labels as WireLabels });
      return { kind: 'conflict' };
    }
    const fields = Object.entries(error.fields).filter(([key]) =>
      /^(regions|labels)\.|^(tags|nothing_here)$/.test(key),
    );
    if (fields.length > 0) {
      return { kind: 'refused', fields: Object.fromEntries(fields), message: error.message };
    }
    return { kind: 'failed', error };
  }
}

function sameButTime(a: SubmitBody, b: SubmitBody): boolean {
  return JSON.stringify({ ...a, active_seconds: 0 }) === JSON.stringify({ ...b, active_seconds: 0 });
}
