/**
 * The bench: one editor, the task on it, and the next one waiting with its picture decoded. The address says
 * which task is open; the bench claims, opens, prefetches and gives back.
 */
import { newId } from '@/canvas/document/ids';
import type { Region } from '@/canvas/document/model';
import { Editor } from '@/canvas/editor';
import { PictureCache } from '@/lib/pictures';
import { HttpTiles } from '@/lib/tiles';
import type { Label } from '@/types/api';
import type { OpenTask } from '@/types/annotation';

import { assistEncode } from '../assist/api';
import { claimNext, nextOfSeries, openTask, releaseTask, renewLease, type WorkKind } from '../api';
import { openJournal } from '../saving/journal';
import { annotateWords as words } from '../strings';
import { behind, type BehindResult } from './behind';
import { markReady } from './marks';
import { sweep, whileOpen } from './sweep';
import { TaskSession } from './task-session';
import { keptThreshold } from './threshold';
import { Trail } from './trail';
import { untaken } from './untaken';

/** Previous, this one, the next one, and one more. */
const PICTURES_KEPT = 4;
const RENEW_MS = 30_000;
/** As many as the server takes. */
const EXCLUDED_MAX = 100;
/** A wait shorter than this is not worth a sign of its own. */
const HUSH_MS = 80;

export type BenchView = {
  phase: 'opening' | 'ready' | 'error';
  session: TaskSession | null;
  /** How it was opened: `correct` is one's own submit, taken back. */
  as: WorkKind;
  error: unknown;
  /** The picture itself failed; labels and draft are there. */
  pictureError: unknown;
  isPictureReady: boolean;
  /** Whether a former task of this visit can be opened again. */
  previousId: string | null;
  /** The person's own day and queue, as of the server's last word. */
  progress: OpenTask['progress'];
};

/** Tasks claimed a moment ago on the way to their own address. */
const handed = new Map<string, OpenTask>();
export const handOver = (task: OpenTask): void => void handed.set(task.id, task);

/** When a task came from the server: its word on the person's day is as old as that. */
const cameAt = new WeakMap<OpenTask, number>();

export class Workbench {
  readonly editor: Editor;
  readonly pictures = new PictureCache(PICTURES_KEPT);
  /** This page's own name, in the journal and among those present. */
  readonly tab = newId();
  private readonly labels: ReadonlyMap<string, Label>;
  private view: BenchView = {
    phase: 'opening',
    session: null,
    as: 'label',
    error: null,
    pictureError: null,
    isPictureReady: false,
    previousId: null,
    progress: { left: 0, done_today: 0, seconds_today: 0 },
  };
  private readonly trail = new Trail();
  private progressAt = -1;
  /** What is open or being opened, with how. */
  private wanted = '';
  private ahead: OpenTask | null = null;
  private looking: Promise<void> | null = null;
  private aheadTimer: ReturnType<typeof setInterval> | null = null;
  private leaving: ReturnType<typeof setTimeout> | null = null;
  private hush: ReturnType<typeof setTimeout> | null = null;
  private round = 0;
  private tiles: HttpTiles | null = null;
  private stopSaying: (() => void) | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly projectId: string,
    labels: readonly Label[],
    /** Id of the person who works here. */
    private readonly owner: string,
  ) {
    this.labels = new Map(labels.map((label) => [label.id, label]));
    this.editor = new Editor({ ontology: { labels } });
    this.editor.setThreshold(keptThreshold(projectId));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getView = (): BenchView => this.view;

  private set(change: Partial<BenchView>): void {
    this.view = { ...this.view, ...change };
    if (this.hush !== null) clearTimeout(this.hush);
    this.hush = null;
    for (const listener of this.listeners) listener();
  }

  /** Told only where nothing else is told soon: a next picture that waits decoded is shown in one step. */
  private setQuietly(change: Partial<BenchView>): void {
    this.view = { ...this.view, ...change };
    this.hush ??= setTimeout(() => this.set({}), HUSH_MS);
  }

  // ---- opening

  /**
   * Opens a task; once for the verb that asks and the address that follows. Answers when the labels are on
   * the canvas and the picture is shown, or failed.
   */
  async open(taskId: string, as: WorkKind): Promise<void> {
    this.stay();
    const wanted = `${taskId}/${as}`;
    if (wanted === this.wanted && this.view.phase !== 'error') return;
    this.wanted = wanted;
    const round = ++this.round;
    const old = this.view.session;
    this.setQuietly({ phase: 'opening', error: null, pictureError: null, isPictureReady: false });
    try {
      // The journal must hold the old task's last changes before the editor forgets them.
      const closing = old?.close({ giveBack: true });
      // The very same picture again (taken back): what was open must have said its last word.
      if (old?.task.id === taskId) await closing;
      // What was claimed before a submit arrived is older than that submit.
      const isOld = await behind.over(taskId);
      if (round !== this.round) return;
      const given = this.take(taskId);
      const task = (isOld ? null : given) ?? (await openTask(taskId, as));
      const journal = await openJournal();
      if (round !== this.round) return;
      const { tab, editor, labels, owner, projectId } = this;
      const session = new TaskSession({ task, journal, tab, editor, labels, owner, projectId });
      await session.prepare();
      const url = task.asset.image_url;
      const bitmap =
        task.asset.kind === 'image' && this.pictures.isReady(url) ? await this.pictures.get(url) : null;
      if (round !== this.round) return;
      // From here to the picture nothing waits, so that all of it is drawn once and in one frame.
      session.start();
      this.trail.visit(task.id);
      if (this.ahead?.id === task.id) this.ahead = null;
      this.noteProgress(task.progress, cameAt.get(task) ?? performance.now());
      this.setQuietly({ phase: 'ready', session, as, previousId: this.trail.previous });
      const shown = this.showPicture(task, round, bitmap);
      if (!bitmap) this.set({});
      untaken.settle(task.id);
      this.sweep();
      await shown;
    } catch (error) {
      if (round === this.round) this.set({ phase: 'error', error, session: null });
    }
  }

  /** Why the picture on the screen can be neither submitted nor skipped now; null where it can. */
  tooEarly({ needsPicture = true } = {}): string | null {
    const { phase, isPictureReady, pictureError } = this.view;
    if (phase !== 'ready') return words.stillOpening;
    if (!needsPicture || isPictureReady) return null;
    return pictureError === null ? words.stillLoading : words.notShown;
  }

  /** Whether that is still the last one asked for: open, or on its way. */
  isWanted(taskId: string, as: WorkKind): boolean {
    return this.wanted === `${taskId}/${as}`;
  }

  /** What other pictures left unsent goes now, and whenever the network comes back. */
  private sweep(): void {
    if (!this.stopSaying) {
      const again = () => void sweep();
      const stop = whileOpen(
        ({ assignmentId, taskId }) =>
          this.view.session?.task.assignment?.id === assignmentId || this.wanted.startsWith(`${taskId}/`),
      );
      window.addEventListener('online', again);
      this.stopSaying = () => {
        stop();
        window.removeEventListener('online', again);
      };
    }
    void sweep();
  }

  /** The person is back, or the network is: what waited in the outboxes goes on. */
  resume(): void {
    this.view.session?.resume();
    behind.resume();
    void sweep();
  }

  private take(taskId: string): OpenTask | null {
    const given = handed.get(taskId) ?? (this.ahead?.id === taskId ? this.ahead : null);
    if (this.ahead?.id === taskId) this.ahead = null;
    handed.delete(taskId);
    return given;
  }

  /** `bitmap`: the picture where it is decoded already; it is then shown before anything is waited for. */
  private async showPicture(task: OpenTask, round: number, bitmap: ImageBitmap | null = null): Promise<void> {
    const { width, height, kind, image_url, tiles } = task.asset;
    this.tiles?.close();
    this.tiles = tiles ? new HttpTiles(tiles) : null;
    this.editor.setTiles(this.tiles);
    if (kind === 'video') {
      // The player brings the frames.
      this.editor.setImage(null, width, height);
      this.set({ isPictureReady: true });
    } else if (bitmap) this.show(bitmap, width, height);
    else {
      const waiting = this.pictures.get(image_url);
      this.editor.setImage(null, width, height);
      try {
        const decoded = await waiting;
        if (round !== this.round) return;
        this.show(decoded, width, height);
      } catch (error) {
        if (round === this.round) this.set({ pictureError: error });
        return;
      }
    }
    await markReady(task.id);
    if (task.mode === 'label' && round === this.round) void this.lookAhead();
  }

  private show(bitmap: ImageBitmap, width: number, height: number): void {
    this.editor.setImage(bitmap, width, height);
    this.editor.fit();
    this.set({ isPictureReady: true });
  }

  retryPicture(): void {
    const { session } = this.view;
    this.set({ pictureError: null });
    if (session) void this.showPicture(session.task, this.round);
  }

  // ---- the person's day

  private noteProgress(progress: OpenTask['progress'], at: number): void {
    if (at < this.progressAt) return;
    this.progressAt = at;
    this.setQuietly({ progress });
  }

  /** Whether the next picture waits here, decoded, so that this one's submit need not be waited for. */
  mayLeave(session: TaskSession): boolean {
    const { ahead } = this;
    const isHere = ahead?.asset.kind === 'image' && this.pictures.isReady(ahead.asset.image_url);
    return isHere && ahead.id !== session.task.id && this.trail.forward === null && behind.mayLeave(session);
  }

  /** Submits behind the next picture. Where it is not taken it stays with the person, one step back. Never throws. */
  async submitBehind(session: TaskSession, nothingHere: boolean, onLong: () => void): Promise<BehindResult> {
    const { id } = session.task;
    this.trail.settle(id);
    const result = await behind.submit(session, nothingHere, onLong);
    if (result.kind === 'done') this.noteProgress(result.progress, performance.now());
    else this.trail.unsettle(id);
    return result;
  }

  /** A submit arrived, with the server's word on the day. */
  submitted(task: OpenTask, progress: OpenTask['progress']): void {
    this.noteProgress(progress, performance.now());
    this.settled(task);
  }

  /** It is done with: "next" does not come back to it. */
  settled(task: OpenTask): void {
    this.trail.settle(task.id);
  }

  // ---- the next one

  /** Not to be handed out: seen on this visit, or submitted just now from another one. */
  private get done(): string[] {
    return [...new Set([...this.trail.ids, ...behind.taskIds])].slice(-EXCLUDED_MAX);
  }

  /** Claims the task after this one and decodes its picture, so that submit shows it at once. */
  private lookAhead(): Promise<void> {
    if (this.ahead || this.looking) return this.looking ?? Promise.resolve();
    this.looking = this.claimAhead().finally(() => (this.looking = null));
    return this.looking;
  }

  private async claimAhead(): Promise<void> {
    const round = this.round;
    const task = await claimNext(this.projectId, this.done).catch(() => null);
    if (!task) return;
    if (this.leaving !== null || (round !== this.round && this.view.session?.task.id === task.id)) {
      return void giveBack(task);
    }
    cameAt.set(task, performance.now());
    this.ahead = task;
    this.aheadTimer ??= setInterval(() => this.renewAhead(), RENEW_MS);
    if (task.asset.kind !== 'image') return;
    void this.pictures.get(task.asset.image_url).catch(() => undefined);
    // The smart tool's encoding takes longest of all: asked for now, it is there when the picture is.
    if (!task.blind) void assistEncode(task.id).catch(() => undefined);
  }

  private renewAhead(): void {
    const id = this.ahead?.assignment?.id;
    if (id) void renewLease(id).catch(() => (this.ahead = null));
  }

  /** The id of the next task, claimed; null when nothing is left. Throws ApiError. */
  async nextId(): Promise<string | null> {
    const forward = this.trail.forward;
    if (forward) return forward;
    await this.looking;
    if (this.ahead) return this.ahead.id;
    const task = await claimNext(this.projectId, this.done);
    if (task) {
      cameAt.set(task, performance.now());
      this.ahead = task;
    }
    return task?.id ?? null;
  }

  /**
   * Claims the next picture of the open one's series and brings `regions` along as one step that can be undone.
   * Answers its id and how many came along; null at the end of the series. Throws ApiError.
   */
  async carryOn(regions: readonly Region[]): Promise<{ id: string; count: number } | null> {
    const { session } = this.view;
    const task = session && (await nextOfSeries(session.task.id));
    if (!task) return null;
    cameAt.set(task, performance.now());
    handOver(task);
    await this.open(task.id, 'label');
    const now = this.view.session;
    const isThere = now?.task.id === task.id && now.isEditable;
    return { id: task.id, count: isThere ? this.editor.propagate(regions) : 0 };
  }

  // ---- leaving

  /** The page goes. A moment's grace, because React mounts twice in development. */
  leave(): void {
    this.leaving ??= setTimeout(() => {
      if (this.hush !== null) clearTimeout(this.hush);
      this.round += 1;
      this.wanted = '';
      if (this.aheadTimer) clearInterval(this.aheadTimer);
      this.aheadTimer = null;
      this.stopSaying?.();
      this.stopSaying = null;
      void this.view.session?.close({ giveBack: true });
      if (this.ahead) void giveBack(this.ahead);
      this.ahead = null;
      this.view = { ...this.view, session: null, phase: 'opening' };
      this.editor.dispose();
      this.pictures.clear();
      this.tiles?.close();
    }, 0);
  }

  private stay(): void {
    if (this.leaving !== null) clearTimeout(this.leaving);
    this.leaving = null;
  }
}

async function giveBack(task: OpenTask): Promise<void> {
  const { assignment } = task;
  const isFresh = assignment?.draft_saved_at === null && !assignment.return_reason;
  if (assignment && isFresh) await releaseTask(assignment.id).catch(() => undefined);
}
