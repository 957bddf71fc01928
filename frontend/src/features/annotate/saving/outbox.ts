/**
 * Autosave: operations go to the journal at once and to the server within two seconds, in order, guarded by
 * the draft's version. What cannot be sent now is kept and sent later; nothing is dropped without a word.
 */
import type { WireDecision, WireLabels, WireOp, WireRegion } from '@/canvas/document/wire';
import { toApiError, type ApiError } from '@/lib/api-error';

import type { Intent, Journal, JournalEntry, PendingOp } from './journal';
import { sameRegion, type Changes, tagChange } from './merge';

export type SaveState =
  /** Everything is on the server. */
  | 'saved'
  /** Changes wait for their moment, or are on their way. */
  | 'saving'
  /** No answer; kept here, tried again. */
  | 'offline'
  /** The session ended; kept here until the person is back. */
  | 'signed-out'
  /** Saved elsewhere in between; waits for a merge. */
  | 'conflict'
  /** The work is closed on the server, or it refused the change; `problem` says why. */
  | 'refused';

export type Saved = { draft_version: number; saved_at: string | null };
export type CurrentDraft = { draft_version: number; labels: WireLabels };
type Send = (version: number, ops: WireOp[], activeSeconds: number) => Promise<Saved>;

export type OutboxOptions = {
  /** This page's own name in the journal. */
  tab: string;
  assignmentId: string;
  taskId: string;
  owner: string;
  version: number;
  /** The server's labels at `version`. */
  labels: WireLabels;
  send: Send;
  journal: Journal;
  activeSeconds: () => number;
  onChange: () => void;
  onConflict: (current: CurrentDraft) => void;
  now?: () => number;
};

const IDLE_MS = 700;
const LATEST_MS = 1_800;
const RETRY_MS = [1_500, 3_000, 6_000, 12_000, 30_000];
const OPS_AT_ONCE = 500;
const TAGS = 'tags';

const keyOf = (op: WireOp): string =>
  op.op === 'put' ? op.region.region_id : op.op === 'delete' ? op.region_id : TAGS;
const regionAfter = (op: WireOp): WireRegion | null => (op.op === 'put' ? op.region : null);

export class Outbox {
  state: SaveState = 'saved';
  problem: ApiError | null = null;
  savedAt: number | null = null;
  version: number;
  private sending: PendingOp[] = [];
  private waiting = new Map<string, PendingOp>();
  private decisions: WireDecision[] = [];
  private intent: Intent | null = null;
  private regions: Map<string, WireRegion>;
  private tags: readonly string[];
  private flight: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private firstWaitingAt = 0;
  private failures = 0;
  private isClosed = false;
  private isDone = false;
  private journaling: Promise<void> | null = null;
  private isJournalStale = false;
  private isJournalBroken = false;
  private readonly now: () => number;

  constructor(private readonly options: OutboxOptions) {
    this.version = options.version;
    this.regions = new Map(options.labels.regions.map((row) => [row.region_id, row]));
    this.tags = options.labels.tags;
    this.now = options.now ?? Date.now;
  }

  get pending(): number {
    return this.sending.length + this.waiting.size;
  }

  /** Whether this browser keeps a copy that outlives the page. */
  get keepsCopy(): boolean {
    return this.options.journal.durable && !this.isJournalBroken;
  }

  /** Something is neither on the server nor in a journal that outlives the page: leaving now would lose it. */
  get isLoose(): boolean {
    const isKept = this.keepsCopy && !this.journaling;
    return this.pending + this.decisions.length > 0 && !this.isClosed && !isKept;
  }

  /** The labels that the server has, as far as it said so. */
  known(): WireLabels {
    return { regions: [...this.regions.values()], tags: this.tags };
  }

  /** Takes operations of the editor. Those that change nothing the server knows of are left out. */
  push(ops: readonly WireOp[]): void {
    if (this.isClosed) return;
    let isNew = false;
    for (const op of ops) isNew = this.add(op) || isNew;
    if (!isNew) return;
    this.note();
    if (this.state !== 'conflict' && this.state !== 'signed-out') this.plan();
  }

  private add(op: WireOp): boolean {
    const key = keyOf(op);
    const known = this.waiting.get(key);
    const before = known ? known.before : this.lastSent(key);
    const same = (other: PendingOp['before']): boolean =>
      op.op === 'tags'
        ? [...op.tags].sort().join() === [...((other as readonly string[] | null) ?? [])].sort().join()
        : sameRegion(regionAfter(op), other as WireRegion | null);
    if (same(before)) return this.waiting.delete(key);
    this.waiting.delete(key);
    this.waiting.set(key, { op, before });
    return true;
  }

  /** What the server will know of `key` once the operations on their way have arrived. */
  private lastSent(key: string): PendingOp['before'] {
    const onTheWay = this.sending.findLast((each) => keyOf(each.op) === key)?.op;
    if (key === TAGS) return onTheWay?.op === 'tags' ? onTheWay.tags : this.tags;
    return onTheWay ? regionAfter(onTheWay) : (this.regions.get(key) ?? null);
  }

  /** Decisions on suggestions travel with the submit; until then the journal keeps them. */
  decide(decisions: WireDecision[]): void {
    if (this.isClosed || JSON.stringify(decisions) === JSON.stringify(this.decisions)) return;
    this.decisions = decisions;
    this.note();
  }

  /** A submit goes its way behind other pictures: kept until it is answered, also by a page that comes later. */
  intend(intent: Intent | null): void {
    this.intent = intent;
    this.note();
  }

  /** Puts back what former pages had kept, and sends it. */
  restore(entry: JournalEntry): void {
    this.decisions = entry.decisions;
    this.note();
    if (entry.sending.length + entry.waiting.length === 0) return;
    this.version = entry.version;
    this.sending = entry.sending;
    this.waiting = new Map(entry.waiting.map((each) => [keyOf(each.op), each]));
    void this.flush();
  }

  // ---- sending

  private plan(): void {
    const now = this.now();
    if (this.timer === null) this.firstWaitingAt = now;
    else clearTimeout(this.timer);
    const wait = Math.max(0, Math.min(IDLE_MS, this.firstWaitingAt + LATEST_MS - now));
    this.timer = setTimeout(() => void this.flush(), wait);
    if (this.state === 'saved' || this.state === 'refused') this.become('saving');
  }

  /** Sends all there is, now. Resolves when nothing is left or nothing can be sent; `state` tells which. */
  flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.flight ??= this.sendAll().finally(() => (this.flight = null));
    return this.flight;
  }

  /**
   * The page goes: what waits is sent beside what is on its way. Nobody may be left to hear the answer; the
   * journal holds the same, and the server knows operations that come twice.
   */
  part(): void {
    if (!this.flight) return void this.flush();
    const ops = [...this.waiting.values()].map((each) => each.op);
    if (ops.length === 0 || this.isClosed || this.state === 'conflict') return;
    void this.options.send(this.version + 1, ops, this.options.activeSeconds()).catch(() => undefined);
  }

  /** The person is back, or the network is. */
  resume(): void {
    if (this.state === 'offline' || this.state === 'signed-out') void this.flush();
  }

  private async sendAll(): Promise<void> {
    if (this.state === 'conflict') return;
    while (this.pending > 0 && !this.isClosed) {
      if (this.sending.length === 0) {
        this.sending = [...this.waiting.values()].slice(0, OPS_AT_ONCE);
        for (const each of this.sending) this.waiting.delete(keyOf(each.op));
        this.note();
      }
      if (this.state === 'saved' || this.state === 'refused') this.become('saving');
      // More than this at once only after taking over what several pages had kept.
      const batch = this.sending.slice(0, OPS_AT_ONCE);
      const ops = batch.map((each) => each.op);
      try {
        const saved = await this.options.send(this.version, ops, this.options.activeSeconds());
        this.confirm(batch, saved);
      } catch (error) {
        return this.fail(toApiError(error));
      }
    }
    if (this.pending === 0) this.become('saved');
  }

  private confirm(batch: readonly PendingOp[], saved: Saved): void {
    for (const { op } of batch) {
      if (op.op === 'put') this.regions.set(op.region.region_id, op.region);
      else if (op.op === 'delete') this.regions.delete(op.region_id);
      else this.tags = op.tags;
    }
    this.sending = this.sending.slice(batch.length);
    this.version = saved.draft_version;
    this.savedAt = this.now();
    this.failures = 0;
    this.note();
  }

  private fail(error: ApiError): void {
    if (this.isClosed) return;
    const current = error.extra.current as CurrentDraft | undefined;
    if (error.isStale && current?.labels) {
      this.become('conflict', error);
      this.options.onConflict(current);
    } else if (error.isSignedOut) this.become('signed-out', error);
    else if (error.isTransient) {
      const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
      this.failures += 1;
      this.timer = setTimeout(() => void this.flush(), wait);
      this.become('offline', error);
    } else this.become('refused', error);
  }

  private become(state: SaveState, problem: ApiError | null = null): void {
    if (this.state === state && this.problem === problem) return;
    this.state = state;
    this.problem = problem;
    this.options.onChange();
  }

  // ---- merging

  /** Everything not confirmed, as changes that can be put on top of other labels. */
  changes(): Changes {
    const first = new Map<string, PendingOp['before']>();
    const last = new Map<string, WireOp>();
    for (const { op, before } of [...this.sending, ...this.waiting.values()]) {
      const key = keyOf(op);
      if (!first.has(key)) first.set(key, before);
      last.set(key, op);
    }
    const tags = last.get(TAGS);
    const regions = [...last].flatMap(([id, op]) =>
      id === TAGS ? [] : [{ id, before: first.get(id) as WireRegion | null, after: regionAfter(op) }],
    );
    return {
      regions,
      tags: tagChange(
        (first.get(TAGS) as readonly string[] | undefined) ?? [],
        tags?.op === 'tags' ? tags.tags : [],
      ),
    };
  }

  /** Goes on from the other save: forgets what waited, sends what leads from theirs to the merged labels. */
  adopt(current: CurrentDraft, ops: readonly WireOp[]): void {
    this.version = current.draft_version;
    this.regions = new Map(current.labels.regions.map((row) => [row.region_id, row]));
    this.tags = current.labels.tags;
    this.sending = [];
    this.waiting.clear();
    this.state = 'saving';
    this.problem = null;
    for (const op of ops) this.add(op);
    this.note();
    // Called from within the flight that met the other save: what is new goes with the next one.
    void (this.flight ?? Promise.resolve()).then(() => this.flush());
    this.options.onChange();
  }

  // ---- the journal

  /** Writes the journal; changes made while it writes are written after it, once. */
  private note(): void {
    this.isJournalStale = true;
    this.journaling ??= this.writeJournal().finally(() => (this.journaling = null));
  }

  private async writeJournal(): Promise<void> {
    while (this.isJournalStale) {
      this.isJournalStale = false;
      const { journal } = this.options;
      const entry = this.entry();
      const isEmpty = this.isDone || (this.pending + this.decisions.length === 0 && !this.intent);
      // A full disk must not stop the work: the server's copy is the one that counts.
      await (isEmpty ? journal.drop(entry) : journal.write(entry)).then(
        () => this.journalIs(false),
        () => this.journalIs(true),
      );
    }
  }

  private journalIs(broken: boolean): void {
    if (broken === this.isJournalBroken) return;
    this.isJournalBroken = broken;
    this.options.onChange();
  }

  private entry(): JournalEntry {
    const { tab, assignmentId, taskId, owner } = this.options;
    return {
      tab,
      assignmentId,
      taskId,
      owner,
      intent: this.intent,
      version: this.version,
      sending: this.sending,
      waiting: [...this.waiting.values()],
      decisions: this.decisions,
      activeSeconds: this.options.activeSeconds(),
      at: this.now(),
    };
  }

  /** Resolves when the journal holds what the outbox holds. */
  async settled(): Promise<void> {
    while (this.journaling) await this.journaling;
  }

  /** Leaves. `done`: the work is on the server for good, so the journal forgets it. */
  close(done: boolean): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.isClosed = true;
    this.isDone ||= done;
    if (done) this.note();
  }
}
