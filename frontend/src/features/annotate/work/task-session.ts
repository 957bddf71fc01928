/**
 * One open task: its document in the editor, its outbox, lease, assist and time. Made for one task, closed
 * with it. A store for React: `subscribe` and `getView`.
 */
import { newId } from '@/canvas/document/ids';
import {
  decisionsToWire,
  documentFromWire,
  labelsToWire,
  opsToWire,
  type WireLabels,
  type WireOp,
} from '@/canvas/document/wire';
import type { Editor } from '@/canvas/editor';
import { toApiError, type ApiError } from '@/lib/api-error';
import { newIdempotencyKey } from '@/lib/api-client';
import type { Label } from '@/types/api';
import type { Comment, OpenTask } from '@/types/annotation';

import {
  getRevision,
  openTask,
  patchDraft,
  releaseTask,
  renewLease,
  skipTask,
  submitWork,
  type SubmitBody,
} from '../api';
import { takenOver, type Journal, type JournalEntry } from '../saving/journal';
import { changesBetween, merge, resolve, type Changes, type Choice, type Merge } from '../saving/merge';
import { Outbox, type CurrentDraft, type SaveState } from '../saving/outbox';
import { Activity } from './activity';
import { followAssist, NO_ASSIST, smartProvider, type AssistState } from './assist';
import { missingOf, withValues } from './attributes';
import { applyOps, opsBetween } from './labels';

const RENEW_MS = 30_000;

export type PendingMerge = { merged: Merge; current: CurrentDraft; revisionId: string | null };

export type SessionView = {
  save: SaveState;
  problem: ApiError | null;
  savedAt: number | null;
  isLate: boolean;
  assist: AssistState;
  pendingMerge: PendingMerge | null;
  comments: Comment[];
  isSubmitting: boolean;
  /** Kept over a reload of the page. */
  isDurable: boolean;
};

export type SubmitResult =
  | { kind: 'done' }
  /** Ids of objects that miss something, or that the server refused. */
  | { kind: 'incomplete'; ids: string[]; message: string | null }
  | { kind: 'not-saved' }
  | { kind: 'conflict' }
  | { kind: 'failed'; error: ApiError };

export type SessionOptions = {
  task: OpenTask;
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  journal: Journal;
  /** This page's own name in the journal. */
  tab: string;
};

export class TaskSession {
  readonly task: OpenTask;
  readonly activity: Activity;
  private readonly editor: Editor;
  private readonly options: SessionOptions;
  private outbox: Outbox | null = null;
  private view: SessionView;
  private baseRevisionId: string | null;
  private readonly listeners = new Set<() => void>();
  private readonly stops: (() => void)[] = [];
  private lastSubmit: { key: string; version: number; body: SubmitBody } | null = null;
  private isClosed = false;
  private hasReopened = false;

  constructor(options: SessionOptions) {
    this.options = options;
    this.task = options.task;
    this.editor = options.editor;
    this.baseRevisionId = options.task.base_revision?.id ?? null;
    this.activity = new Activity(options.task.assignment?.active_seconds ?? 0);
    this.view = {
      save: 'saved',
      problem: null,
      savedAt: null,
      isLate: options.task.assignment?.state === 'expired',
      assist: NO_ASSIST,
      pendingMerge: null,
      comments: options.task.comments,
      isSubmitting: false,
      isDurable: options.journal.durable,
    };
  }

  get isEditable(): boolean {
    return this.task.mode !== 'read' && this.task.assignment !== null;
  }

  /** Blind pictures measure what people do alone. */
  get mayAssist(): boolean {
    return this.isEditable && !this.task.blind && this.task.asset.kind === 'image';
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getView = (): SessionView => this.view;

  private set(change: Partial<SessionView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }

  // ---- life

  /** Brings the labels into the editor, with what a former page had not sent yet. */
  async start(): Promise<void> {
    const { task, editor, options } = this;
    const work = this.isEditable ? task.assignment : null;
    const left = work ? await options.journal.read(work.id).catch(() => []) : [];
    if (this.isClosed) return;
    const kept = takenOver(left, options.tab);
    const pending = kept ? [...kept.sending, ...kept.waiting].map((each) => each.op) : [];
    const labels = applyOps(task.labels as WireLabels, pending);
    editor.setFrame(task.asset.kind === 'video' ? 0 : null);
    editor.loadDocument(documentFromWire(labels, task.suggestions, kept?.decisions));
    if (!work) return;
    this.outbox = new Outbox({
      tab: options.tab,
      assignmentId: work.id,
      taskId: task.id,
      version: work.draft_version,
      labels: task.labels as WireLabels,
      journal: options.journal,
      send: (version, ops, seconds) => patchDraft(work.id, version, ops, seconds),
      activeSeconds: () => this.activity.seconds,
      onChange: () => this.told(),
      onConflict: (current) => this.clash(this.outbox?.changes(), current, null),
    });
    if (kept) void this.takeOver(this.outbox, kept, left);
    this.listen(work.id);
  }

  /** Former entries go only when the new one holds what they held. */
  private async takeOver(outbox: Outbox, kept: JournalEntry, left: readonly JournalEntry[]): Promise<void> {
    outbox.restore(kept);
    await outbox.settled();
    const former = left.filter((entry) => entry.tab !== kept.tab);
    await Promise.all(former.map((entry) => this.options.journal.drop(entry).catch(() => undefined)));
  }

  private listen(assignmentId: string): void {
    const resume = () => this.outbox?.resume();
    window.addEventListener('online', resume);
    const lease = setInterval(() => void this.renew(assignmentId), RENEW_MS);
    this.stops.push(
      this.editor.onOps((ops) => {
        const { state } = this.editor.document;
        this.outbox?.push(opsToWire(ops, state).map((op) => this.complete(op)));
        this.outbox?.decide(decisionsToWire(state, this.task.suggestions));
      }),
      this.activity.watch(),
      () => window.removeEventListener('online', resume),
      () => clearInterval(lease),
    );
    if (!this.mayAssist) return;
    this.stops.push(
      followAssist(this.task.id, (assist) => {
        this.set({ assist });
        this.editor.setSmartProvider(assist.state === 'ready' ? smartProvider(this.task.id) : null);
      }),
      () => this.editor.setSmartProvider(null),
    );
  }

  private complete(op: WireOp): WireOp {
    return op.op === 'put' ? { ...op, region: withValues(op.region, this.options.labels) } : op;
  }

  private async renew(assignmentId: string): Promise<void> {
    try {
      await renewLease(assignmentId);
      this.set({ isLate: false });
    } catch (error) {
      // Only the server's word ends a lease; a bad line does not.
      if (toApiError(error).status === 409) this.set({ isLate: true });
    }
  }

  private told(): void {
    if (!this.outbox || this.isClosed) return;
    const { state: save, problem, savedAt } = this.outbox;
    this.set({ save, problem, savedAt });
    if (problem?.code === 'not_open' && !this.hasReopened) void this.reopen();
  }

  /** The work was closed or given back meanwhile: take it again, and put what is here on top. */
  private async reopen(): Promise<void> {
    this.hasReopened = true;
    const as = this.task.mode === 'review' ? 'review' : 'label';
    const again = await openTask(this.task.id, as).catch(() => null);
    if (!again?.assignment || again.mode === 'read' || !this.outbox || this.isClosed) return;
    this.baseRevisionId = again.base_revision?.id ?? null;
    const { draft_version } = again.assignment;
    this.clash(this.outbox.changes(), { draft_version, labels: again.labels as WireLabels }, null);
  }

  /** After signing in again. */
  resume(): void {
    this.outbox?.resume();
  }

  /** Leaves the task; unsent work stays in the journal. Untouched work goes back to the queue. */
  async close({ giveBack }: { giveBack: boolean }): Promise<void> {
    if (this.isClosed) return;
    const { outbox } = this;
    // First deaf, then sent: what is drawn from here on belongs to the next task.
    this.isClosed = true;
    for (const stop of this.stops.splice(0)) stop();
    await outbox?.flush();
    outbox?.close(false);
    const work = this.task.assignment;
    if (!giveBack || !work || !this.isEditable || this.isTouched(outbox)) return;
    // Whoever cannot give back leaves it to the lease, which ends by itself.
    await releaseTask(work.id).catch(() => undefined);
  }

  private isTouched(outbox: Outbox | null): boolean {
    const work = this.task.assignment;
    const was = Boolean(work && (work.draft_saved_at !== null || work.return_reason));
    return was || outbox === null || outbox.savedAt !== null || outbox.pending > 0;
  }

  private stop(isDone: boolean): void {
    this.isClosed = true;
    this.outbox?.close(isDone);
    for (const stop of this.stops.splice(0)) stop();
  }

  // ---- merging

  private clash(changes: Changes | undefined, current: CurrentDraft, revisionId: string | null): void {
    if (!changes || this.isClosed) return;
    const merged = merge(changes, current.labels);
    const pendingMerge = { merged, current, revisionId };
    if (merged.conflicts.length === 0) this.settle(pendingMerge, new Map());
    else this.set({ pendingMerge });
  }

  /** What the person chose, per object; the rest is merged already. */
  resolveConflict(choices: ReadonlyMap<string, Choice>): void {
    const { pendingMerge } = this.view;
    if (pendingMerge) this.settle(pendingMerge, choices);
  }

  private settle({ merged, current, revisionId }: PendingMerge, choices: ReadonlyMap<string, Choice>): void {
    const { state } = this.editor.document;
    const decisions = decisionsToWire(state, this.task.suggestions);
    const labels = resolve(merged, choices, newId);
    const ops = opsBetween(current.labels, labels, newId);
    this.editor.loadDocument(documentFromWire(labels, this.task.suggestions, decisions));
    if (revisionId) this.baseRevisionId = revisionId;
    this.set({ pendingMerge: null });
    this.outbox?.adopt(current, ops);
  }

  /** Somebody else's revision came in between: mine since the common base goes on top of theirs. */
  private async clashWithRevision(theirs: { id: string; labels: WireLabels }): Promise<void> {
    if (!this.outbox) return;
    const mine = this.labelsNow();
    const base = this.baseRevisionId ? (await getRevision(this.baseRevisionId)).labels : null;
    const changes = changesBetween((base as WireLabels | null) ?? { regions: [], tags: [] }, mine);
    const merged = merge(changes, theirs.labels);
    // The draft on the server is mine as it stands: what leads from there to the merge is what must be sent.
    const current = { draft_version: this.outbox.version, labels: mine };
    const pendingMerge = { merged, current, revisionId: theirs.id };
    if (merged.conflicts.length === 0) this.settle(pendingMerge, new Map());
    else this.set({ pendingMerge });
  }

  labelsNow(): WireLabels {
    const labels = labelsToWire(this.editor.document.state);
    return { ...labels, regions: labels.regions.map((row) => withValues(row, this.options.labels)) };
  }

  // ---- the end

  /** Objects whose required attributes are empty. */
  incomplete(): string[] {
    const { regions, tracks } = this.editor.document.state;
    return [...regions.values(), ...tracks.values()]
      .filter((row) => missingOf(this.options.labels.get(row.labelId), row.attributes).length > 0)
      .map((row) => row.id);
  }

  async submit(): Promise<SubmitResult> {
    const work = this.task.assignment;
    if (!work || !this.outbox || this.isClosed || this.view.isSubmitting) return { kind: 'not-saved' };
    const ids = this.incomplete();
    if (ids.length > 0) return { kind: 'incomplete', ids, message: null };
    this.set({ isSubmitting: true });
    try {
      await this.outbox.flush();
      if (this.view.pendingMerge) return { kind: 'conflict' };
      if (this.outbox.state !== 'saved') return { kind: 'not-saved' };
      const { key, version, body } = this.submitOnce(this.outbox.version);
      await submitWork(work.id, version, key, body);
      this.stop(true);
      return { kind: 'done' };
    } catch (error) {
      return await this.refusedSubmit(toApiError(error));
    } finally {
      this.set({ isSubmitting: false });
    }
  }

  /** The same submit again says the very same, so that the server knows it for the same. */
  private submitOnce(version: number): { key: string; version: number; body: SubmitBody } {
    const decisions = decisionsToWire(this.editor.document.state, this.task.suggestions);
    const last = this.lastSubmit;
    const same =
      last?.version === version &&
      last.body.base_revision_id === this.baseRevisionId &&
      JSON.stringify(last.body.decisions) === JSON.stringify(decisions);
    if (last && same) return last;
    this.lastSubmit = {
      key: newIdempotencyKey(),
      version,
      body: {
        base_revision_id: this.baseRevisionId,
        decisions,
        active_seconds: this.activity.seconds,
        approve: this.task.mode === 'review',
      },
    };
    return this.lastSubmit;
  }

  private async refusedSubmit(error: ApiError): Promise<SubmitResult> {
    const current = error.extra.current as
      (Partial<CurrentDraft> & { revision?: { id: string; labels: WireLabels } | null }) | undefined;
    this.lastSubmit = error.isTransient ? this.lastSubmit : null;
    if (error.isStale && current?.revision) {
      await this.clashWithRevision(current.revision);
      return { kind: 'conflict' };
    }
    if (error.isStale && current?.labels && current.draft_version !== undefined) {
      this.clash(
        this.outbox?.changes(),
        { draft_version: current.draft_version, labels: current.labels },
        null,
      );
      return { kind: 'conflict' };
    }
    const ids = Object.keys(error.fields).flatMap((key) =>
      key.startsWith('regions.') ? [key.slice('regions.'.length)] : [],
    );
    if (ids.length > 0) {
      return { kind: 'incomplete', ids, message: Object.values(error.fields)[0] ?? error.message };
    }
    return { kind: 'failed', error };
  }

  async skip(reason: string): Promise<void> {
    const work = this.task.assignment;
    if (!work) return;
    await this.outbox?.flush();
    await skipTask(work.id, reason);
    this.stop(false);
  }

  setComments(comments: Comment[]): void {
    this.set({ comments });
  }
}
