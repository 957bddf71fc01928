/**
 * One open task: its document in the editor, its outbox, lease, assist and time. Made for one task, closed
 * with it. A store for React: `subscribe` and `getView`.
 */
import {
  decisionsToWire,
  documentFromWire,
  labelsToWire,
  opsToWire,
  type WireLabels,
  type WireOp,
} from '@/canvas/document/wire';
import type { Editor } from '@/canvas/editor';
import { reachOf } from '@/components/video/reach';
import { toApiError, type ApiError } from '@/lib/api-error';
import type { Label } from '@/types/api';
import type { Comment, OpenTask } from '@/types/annotation';

import { followAssist, NO_ASSIST, type AssistState } from '../assist/follow';
import { getRevision, openTask, patchDraftAs, releaseTask, renewLease, skipTask } from '../api';
import { watchPage } from '../saving/page-watch';
import { takenOver, type Intent, type Journal, type JournalEntry } from '../saving/journal';
import { changesBetween } from '../saving/merge';
import { Merging, type Clash, type OtherRevision, type PendingMerge } from '../saving/merging';
import { Outbox, type CurrentDraft, type SaveState } from '../saving/outbox';
import { Activity } from './activity';
import { withValues } from './attributes';
import { applyOps } from './labels';
import { intentOf, Submitting, type SubmitHost, type SubmitResult } from './submitting';

const RENEW_MS = 30_000;

export type SessionView = {
  save: SaveState;
  problem: ApiError | null;
  savedAt: number | null;
  isLate: boolean;
  assist: AssistState;
  pendingMerge: PendingMerge | null;
  /** Another's save was merged without a question: whose, '' for one's own. Until it was read. */
  mergedWith: string | null;
  comments: Comment[];
  isSubmitting: boolean;
  /** This browser keeps a copy that outlives the page. */
  isDurable: boolean;
};

export type SessionOptions = {
  task: OpenTask;
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  journal: Journal;
  /** This page's own name in the journal. */
  tab: string;
  /** Id of the person whose work it is. */
  owner: string;
  projectId: string;
};

export class TaskSession {
  readonly task: OpenTask;
  readonly activity: Activity;
  private readonly editor: Editor;
  private readonly options: SessionOptions;
  readonly merging: Merging;
  private outbox: Outbox | null = null;
  private view: SessionView;
  private baseRevisionId: string | null;
  private readonly listeners = new Set<() => void>();
  private readonly stops: (() => void)[] = [];
  private readonly submitting = new Submitting();
  private left: readonly JournalEntry[] = [];
  private isClosed = false;
  /** Said when the picture was let go of, to be submitted behind the next one. */
  private intent: Intent | null = null;
  private unwatch: () => void = () => undefined;
  private hasReopened = false;

  constructor(options: SessionOptions) {
    this.options = options;
    this.task = options.task;
    this.editor = options.editor;
    this.baseRevisionId = options.task.base_revision?.id ?? null;
    this.activity = new Activity(options.task.assignment?.active_seconds ?? 0);
    this.merging = new Merging({
      editor: options.editor,
      suggestions: options.task.suggestions,
      outbox: () => this.outbox,
      onPending: (pendingMerge) => this.set({ pendingMerge }),
      onMerged: (clash, asked) => this.merged(clash, asked),
    });
    this.view = {
      save: 'saved',
      problem: null,
      savedAt: null,
      isLate: options.task.assignment?.state === 'expired',
      assist: NO_ASSIST,
      pendingMerge: null,
      mergedWith: null,
      comments: options.task.comments,
      isSubmitting: false,
      isDurable: options.journal.durable,
    };
  }

  get owner(): string {
    return this.options.owner;
  }

  get isEditable(): boolean {
    return this.task.mode !== 'read' && this.task.assignment !== null;
  }

  /** Blind pictures measure what people do alone. */
  get mayAssist(): boolean {
    return this.isEditable && !this.task.blind;
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

  /** Reads what a former page had not sent yet; then `start` waits for nothing. */
  async prepare(): Promise<void> {
    const work = this.isEditable ? this.task.assignment : null;
    if (work) this.left = await this.options.journal.read(work.id).catch(() => []);
  }

  /** Brings the labels into the editor, with what a former page had not sent yet. */
  start(): void {
    const { task, editor, options, left } = this;
    const work = this.isEditable ? task.assignment : null;
    const kept = takenOver(left, options.tab);
    const pending = kept ? [...kept.sending, ...kept.waiting].map((each) => each.op) : [];
    const labels = applyOps(task.labels as WireLabels, pending);
    const { first, last } = reachOf(task.asset, task.part);
    editor.setFrame(task.asset.kind === 'video' ? first : null, last + 1);
    editor.loadDocument(documentFromWire(labels, task.suggestions, kept?.decisions));
    if (!work) return;
    this.outbox = new Outbox({
      tab: options.tab,
      assignmentId: work.id,
      taskId: task.id,
      owner: options.owner,
      version: work.draft_version,
      labels: task.labels as WireLabels,
      journal: options.journal,
      send: (version, ops, seconds) => patchDraftAs(this.owner, work.id, version, ops, seconds),
      activeSeconds: () => this.seconds,
      onChange: () => this.told(),
      onConflict: (current) => this.clashWithDraft(current),
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
    this.unwatch = watchPage(() => this.outbox, this.options.journal);
    const lease = setInterval(() => void this.renew(assignmentId), RENEW_MS);
    this.stops.push(
      this.editor.onOps((ops) => {
        const { state } = this.editor.document;
        this.outbox?.push(opsToWire(ops, state).map((op) => this.complete(op)));
        this.outbox?.decide(decisionsToWire(state, this.task.suggestions));
      }),
      this.activity.watch(),
      () => clearInterval(lease),
    );
    if (!this.mayAssist) return;
    this.stops.push(
      followAssist({
        task: this.task,
        editor: this.editor,
        tell: (assist) => this.set({ assist }),
        // The same list for all who hold it: decisions are told against it.
        onSuggestions: (now) => this.task.suggestions.splice(0, Infinity, ...now),
      }),
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
    const { state: save, problem, savedAt, keepsCopy: isDurable } = this.outbox;
    this.set({ save, problem, savedAt, isDurable });
    if (save === 'saved') this.hasReopened = false;
    if (problem?.code === 'not_open' && !this.hasReopened) void this.reopen();
  }

  /** The work was closed or given back meanwhile: take it again, and put what is here on top. */
  private async reopen(): Promise<void> {
    if (this.isClosed) return;
    this.hasReopened = true;
    const as = this.task.mode === 'review' ? 'review' : 'label';
    let again = await openTask(this.task.id, as).catch(() => null);
    // Submitted, though the answer never came: what was changed since is a correction.
    if (again?.correctable) again = await openTask(this.task.id, 'correct').catch(() => null);
    if (!again?.assignment || again.mode === 'read' || !this.outbox || this.isClosed) return;
    this.baseRevisionId = again.base_revision?.id ?? null;
    const { draft_version } = again.assignment;
    this.clashWithDraft({ draft_version, labels: again.labels as WireLabels });
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
    this.merging.close();
    for (const stop of this.stops.splice(0)) stop();
    await outbox?.flush();
    outbox?.close(false);
    this.unwatch();
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

  /** The work on this page is over; `isDone`: it arrived, and no copy is needed any more. */
  end(isDone: boolean): void {
    this.isClosed = true;
    this.outbox?.close(isDone);
    for (const stop of this.stops.splice(0)) stop();
    this.unwatch();
  }

  // ---- merging

  /** The draft went on elsewhere: in another tab, on another machine, or from here with the answer lost. */
  private clashWithDraft(current: CurrentDraft): void {
    const { outbox } = this;
    if (!outbox || this.isClosed) return;
    this.merging.start({
      theirs: current.labels,
      mine: () => outbox.changes(),
      current: () => current,
      revisionId: null,
      author: null,
    });
  }

  /** Somebody else's revision came in between: mine since the common base goes on top of theirs. */
  private async clashWithRevision(theirs: OtherRevision): Promise<void> {
    if (this.isClosed) return;
    const base = this.baseRevisionId ? (await getRevision(this.baseRevisionId)).labels : null;
    const { outbox } = this;
    if (!outbox || this.isClosed) return;
    const from = (base as WireLabels | null) ?? { regions: [], tags: [] };
    this.merging.start({
      theirs: theirs.labels,
      mine: () => changesBetween(from, this.labelsNow()),
      current: () => ({ draft_version: outbox.version, labels: outbox.known() }),
      revisionId: theirs.id,
      author: theirs.author_name,
    });
  }

  private merged(clash: Clash, asked: boolean): void {
    if (clash.revisionId) this.baseRevisionId = clash.revisionId;
    if (!asked) this.set({ mergedWith: clash.author ?? '' });
  }

  /** The word on the last merge was read. */
  dismissMerged(): void {
    this.set({ mergedWith: null });
  }

  labelsNow(): WireLabels {
    const labels = labelsToWire(this.editor.document.state);
    return { ...labels, regions: labels.regions.map((row) => withValues(row, this.options.labels)) };
  }

  // ---- the end

  /** `nothingHere`: the person's word that the picture is empty. */
  async submit(nothingHere = false): Promise<SubmitResult> {
    const work = this.task.assignment;
    const { outbox } = this;
    if (!work || !outbox || this.isClosed || this.view.isSubmitting) return { kind: 'not-saved' };
    this.set({ isSubmitting: true });
    const result = await this.submitting.submit(this.host(), outbox, work.id, nothingHere);
    // Done is done: what is shown next has a session of its own, and this one is not drawn again.
    if (result.kind === 'done') this.end(true);
    else this.set({ isSubmitting: false });
    return result;
  }

  private host(): SubmitHost {
    return {
      task: this.task,
      owner: this.owner,
      intent: this.intent,
      isMerging: () => this.merging.isOpen,
      baseRevisionId: () => this.baseRevisionId,
      decisions: () => decisionsToWire(this.editor.document.state, this.task.suggestions),
      activeSeconds: () => this.seconds,
      // Deaf once it is let go of: these ask the editor, which shows another picture by then.
      reopen: () => this.reopen(),
      clashWithRevision: (theirs) => this.clashWithRevision(theirs),
      clashWithDraft: (current) => this.clashWithDraft(current),
    };
  }

  private get seconds(): number {
    return this.intent?.body.active_seconds ?? this.activity.seconds;
  }

  /** Whether a submit can be trusted to go by itself: nothing stands against it that this page knows of. */
  get mayLeave(): boolean {
    const isWell = this.view.save === 'saved' || this.view.save === 'saving';
    return this.task.mode === 'label' && this.isEditable && isWell && !this.isClosed && !this.merging.isOpen;
  }

  /** The editor is given to the next picture; what was drawn and decided here until now stays to be submitted. */
  letGo(nothingHere: boolean): void {
    this.intent = intentOf(this.host(), this.options.projectId, nothingHere);
    this.isClosed = true;
    this.merging.close();
    for (const stop of this.stops.splice(0)) stop();
    this.outbox?.intend(this.intent);
  }

  /** Submits after `letGo`; may be asked again after a failure. Then `endLetGo` is due. Never throws. */
  async submitLetGo(): Promise<SubmitResult> {
    const { outbox, intent } = this;
    const work = this.task.assignment;
    if (!work || !outbox || !intent) return { kind: 'not-saved' };
    return this.submitting.submit(this.host(), outbox, work.id, intent.body.nothing_here);
  }

  /** Resolves when the journal is as it should be after this. */
  async endLetGo(how: 'done' | 'kept' | 'later'): Promise<void> {
    if (how === 'kept') this.outbox?.intend(null);
    this.end(how === 'done');
    await this.outbox?.settled();
  }

  async skip(reason: string): Promise<void> {
    const work = this.task.assignment;
    if (!work) return;
    await this.outbox?.flush();
    await skipTask(work.id, reason);
    this.end(false);
  }

  /** Ends the work on this page without a submit: all is sent, nothing is heard any more. */
  async settle(): Promise<void> {
    await this.outbox?.flush();
    this.end(false);
  }

  setComments(comments: Comment[]): void {
    this.set({ comments });
  }
}
