/** The reviewer's desk: the revision on it, the next one waiting with its picture, and what was decided. */
import { newIdempotencyKey } from '@/lib/api-client';
import { PictureCache } from '@/lib/pictures';
import type { WireRegion } from '@/canvas/document/wire';
import type { OpenTask } from '@/types/annotation';

import { decide, getConsensus, getRevision, openForReview, release, reviewNext, undoDecision } from './api';
import { answerRows, isAnswer, mergedRows, type Consensus } from './consensus';
import { diffAgainstBase, diffAgainstSuggestions, type DiffRow } from './diff';

const PICTURES_KEPT = 3;
const DECIDED_KEPT = 50;

export type Case = {
  task: OpenTask;
  revisionId: string;
  diff: DiffRow[];
  against: 'base' | 'suggestions' | 'nothing' | 'answers';
  /** Of a picture that several people labelled. */
  consensus: Consensus | null;
};
export type Decided = { revisionId: string; taskId: string; verdict: 'approve' | 'return' };
export type DeskView = {
  phase: 'loading' | 'ready' | 'empty' | 'error';
  item: Case | null;
  picture: ImageBitmap | null;
  pictureError: unknown;
  error: unknown;
  isDeciding: boolean;
  decided: readonly Decided[];
};

/** The revision with what it did to the labels before it, or to the suggestions where there were none. */
export async function caseOf(task: OpenTask): Promise<Case | null> {
  if (!task.review) return null;
  const [revision, consensus] = await Promise.all([
    getRevision(task.review.revision_id),
    task.people > 1 ? getConsensus(task.id) : null,
  ]);
  const now = revision.labels.regions as WireRegion[];
  const shown = { ...task, labels: revision.labels };
  const { id: revisionId, base_revision_id } = revision;
  if (consensus?.merge?.revision_id === revisionId) {
    return { task: shown, revisionId, diff: mergedRows(consensus, now), against: 'answers', consensus };
  }
  if (base_revision_id) {
    const base = await getRevision(base_revision_id);
    const before = base.labels.regions as WireRegion[];
    // An answer's objects have ids of their own: those of what was put together from it tell which they are.
    const isTaken = base.id === consensus?.merge?.revision_id && isAnswer(consensus, now);
    const diff = isTaken ? answerRows(consensus, now, before) : diffAgainstBase(before, now);
    return { task: shown, revisionId, diff, against: 'base', consensus };
  }
  const against = task.suggestions.length > 0 ? 'suggestions' : 'nothing';
  const diff = diffAgainstSuggestions(task.suggestions, now);
  return { task: shown, revisionId, diff, against, consensus };
}

export class ReviewDesk {
  private readonly pictures = new PictureCache(PICTURES_KEPT);
  private view: DeskView = {
    phase: 'loading',
    item: null,
    picture: null,
    pictureError: null,
    error: null,
    isDeciding: false,
    decided: [],
  };
  private readonly later = new Set<string>();
  private ahead: Promise<Case | null> | null = null;
  private round = 0;
  private leaving: ReturnType<typeof setTimeout> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly projectId: string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getView = (): DeskView => this.view;

  private set(change: Partial<DeskView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }

  // ---- one after the other

  start(): void {
    if (this.leaving !== null) clearTimeout(this.leaving);
    this.leaving = null;
    if (this.view.item === null) void this.advance();
  }

  private claim(exclude: string[]): Promise<Case | null> {
    return reviewNext(this.projectId, [...exclude, ...this.later]).then((task) =>
      task ? caseOf(task) : null,
    );
  }

  async advance(): Promise<void> {
    const round = ++this.round;
    const waiting = this.ahead;
    this.ahead = null;
    this.set({ phase: 'loading', error: null });
    try {
      const item = (await waiting?.catch(() => null)) ?? (await this.claim([]));
      if (round !== this.round) return;
      if (item) await this.show(item, round);
      else this.set({ phase: 'empty', item: null, picture: null });
    } catch (error) {
      if (round === this.round) this.set({ phase: 'error', error, item: null, picture: null });
    }
  }

  private async show(item: Case, round: number): Promise<void> {
    const { asset } = item.task;
    const waiting = asset.kind === 'image' ? this.pictures.get(asset.image_url) : null;
    this.set({ phase: 'ready', item, picture: null, pictureError: null });
    this.ahead = this.claim([item.task.id]).then((next) => {
      if (next?.task.asset.kind === 'image') {
        void this.pictures.get(next.task.asset.image_url).catch(() => undefined);
      }
      return next;
    });
    this.ahead.catch(() => undefined);
    try {
      const picture = await waiting;
      if (round === this.round) this.set({ picture: picture ?? null });
    } catch (pictureError) {
      if (round === this.round) this.set({ pictureError });
    }
  }

  // ---- verdicts

  /** Whether it was decided: not while another verdict is on its way. Throws ApiError; the case stays where it is then. */
  async decide(verdict: Decided['verdict'], reason: string): Promise<boolean> {
    const { item, isDeciding } = this.view;
    if (!item || isDeciding) return false;
    this.set({ isDeciding: true });
    try {
      await decide(item.revisionId, verdict, reason, newIdempotencyKey());
    } finally {
      this.set({ isDeciding: false });
    }
    const made = { revisionId: item.revisionId, taskId: item.task.id, verdict };
    this.set({ decided: [...this.view.decided, made].slice(-DECIDED_KEPT) });
    await this.advance();
    return true;
  }

  /** Takes the last verdict back and shows that case again. Throws ApiError. */
  async undo(): Promise<void> {
    const last = this.view.decided.at(-1);
    if (!last || this.view.isDeciding) return;
    this.set({ isDeciding: true });
    try {
      await undoDecision(last.revisionId);
      this.set({ decided: this.view.decided.slice(0, -1) });
      const item = await caseOf(await openForReview(last.taskId));
      if (item) await this.show(item, ++this.round);
    } finally {
      this.set({ isDeciding: false });
    }
  }

  /** The case on the desk as it is by now: its labels became others. Throws ApiError. */
  async refresh(): Promise<void> {
    const { item } = this.view;
    const now = item && (await caseOf(await openForReview(item.task.id)));
    if (now && this.view.item === item) this.set({ item: now });
  }

  /** Not now: it stays in the queue, and is not shown again in this visit. */
  async putOff(): Promise<void> {
    const { item } = this.view;
    if (!item) return;
    this.later.add(item.task.id);
    void this.giveBack(item);
    await this.advance();
  }

  /** Looks again, with what was put off. */
  again(): void {
    this.later.clear();
    void this.advance();
  }

  private async giveBack(item: Case): Promise<void> {
    const { assignment } = item.task;
    // Whoever cannot give back leaves it to the lease, which ends by itself.
    if (assignment?.draft_saved_at === null) await release(assignment.id).catch(() => undefined);
  }

  /** The page goes. `keepCurrent`: to its editor, which takes the lease over. */
  leave(): void {
    this.leaving ??= setTimeout(() => {
      this.round += 1;
      const { item } = this.view;
      if (item) void this.giveBack(item);
      void this.ahead?.then((next) => next && this.giveBack(next)).catch(() => undefined);
      this.ahead = null;
      this.pictures.clear();
      this.view = { ...this.view, item: null, picture: null, phase: 'loading' };
    }, 0);
  }

  /** The editor takes the case over: its lease is not given back. */
  handOver(): void {
    this.set({ item: null, picture: null, phase: 'loading' });
  }
}
