/** The end of one piece of work: what is said when it is submitted, and what becomes of a refusal. */
import type { WireDecision, WireLabels } from '@/canvas/document/wire';
import { newIdempotencyKey } from '@/lib/api-client';
import { ApiError, toApiError } from '@/lib/api-error';
import { maySendAs } from '@/lib/person';
import type { OpenTask } from '@/types/annotation';

import { submitWork } from '../api';
import type { Intent, SubmitBody } from '../saving/journal';
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
  owner: string;
  /** What was said once and for all, where the picture was let go of. */
  intent: Intent | null;
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
  async submit(
    host: SubmitHost,
    outbox: Outbox,
    assignmentId: string,
    nothingHere: boolean,
  ): Promise<SubmitResult> {
    try {
      await outbox.flush();
      if (host.isMerging()) return { kind: 'conflict' };
      if (outbox.state === 'offline') return { kind: 'offline' };
      if (outbox.state === 'conflict') return { kind: 'conflict' };
      if (outbox.problem) return { kind: 'failed', error: outbox.problem };
      if (outbox.state !== 'saved') return { kind: 'not-saved' };
      // Signed out in between: said again when the person is back.
      if (!maySendAs(host.owner)) return { kind: 'failed', error: new ApiError(401, { code: 'signed_out' }) };
      const { version } = outbox;
      const { key, body } = host.intent ?? this.once(bodyOf(host, nothingHere), version);
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
  private once(body: SubmitBody, version: number): Said {
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

function bodyOf(host: SubmitHost, nothingHere: boolean): SubmitBody {
  return {
    base_revision_id: host.baseRevisionId(),
    decisions: host.decisions(),
    active_seconds: host.activeSeconds(),
    approve: host.task.mode === 'review',
    nothing_here: nothingHere,
  };
}

/** A submit as it is said once and for all: the picture is let go of, and what follows changes nothing of it. */
export function intentOf(host: SubmitHost, projectId: string, nothingHere: boolean): Intent {
  const body = bodyOf(host, nothingHere);
  return { key: newIdempotencyKey(), projectId, taskName: host.task.asset.name, body };
}

function sameButTime(a: SubmitBody, b: SubmitBody): boolean {
  return JSON.stringify({ ...a, active_seconds: 0 }) === JSON.stringify({ ...b, active_seconds: 0 });
}
