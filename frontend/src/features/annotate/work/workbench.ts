/**
 * The bench: one editor, the task on it, and the next one waiting with its picture decoded. The address says
 * which task is open; the bench claims, opens, prefetches and gives back.
 */
import { newId } from '@/canvas/document/ids';
import { Editor } from '@/canvas/editor';
import { PictureCache } from '@/lib/pictures';
import type { Label } from '@/types/api';
import type { OpenTask } from '@/types/annotation';

import { claimNext, openTask, patchDraft, releaseTask, renewLease, type WorkKind } from '../api';
import { openJournal } from '../saving/journal';
import { sendLeftovers } from '../saving/leftovers';
import { markReady } from './marks';
import { TaskSession } from './task-session';
import { keptThreshold } from './threshold';

/** Previous, this one, the next one, and one more. */
const PICTURES_KEPT = 4;
const VISITED_KEPT = 90;
const RENEW_MS = 30_000;

export type BenchView = {
  phase: 'opening' | 'ready' | 'error';
  session: TaskSession | null;
  error: unknown;
  /** The picture itself failed; labels and draft are there. */
  pictureError: unknown;
  isPictureReady: boolean;
  /** Whether a former task of this visit can be opened again. */
  previousId: string | null;
  /** Submitted today, with what came after the open task was claimed. */
  doneToday: number;
};

/** Tasks claimed a moment ago on the way to their own address. */
const handed = new Map<string, OpenTask>();
export const handOver = (task: OpenTask): void => void handed.set(task.id, task);

export class Workbench {
  readonly editor: Editor;
  readonly pictures = new PictureCache(PICTURES_KEPT);
  private readonly labels: ReadonlyMap<string, Label>;
  private view: BenchView = {
    phase: 'opening',
    session: null,
    error: null,
    pictureError: null,
    isPictureReady: false,
    previousId: null,
    doneToday: 0,
  };
  private readonly visited: string[] = [];
  private ahead: OpenTask | null = null;
  private looking: Promise<void> | null = null;
  private aheadTimer: ReturnType<typeof setInterval> | null = null;
  private leaving: ReturnType<typeof setTimeout> | null = null;
  private round = 0;
  private isListening = false;
  private readonly listeners = new Set<() => void>();

  private readonly tab = newId();

  constructor(
    private readonly projectId: string,
    labels: readonly Label[],
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
    for (const listener of this.listeners) listener();
  }

  // ---- opening

  /** Opens what the address names. Answers when the labels are on the canvas; the picture may follow. */
  async open(taskId: string, as: WorkKind): Promise<void> {
    this.stay();
    if (this.view.session?.task.id === taskId && this.view.phase === 'ready') return;
    const round = ++this.round;
    const isBack = taskId === this.view.previousId;
    const old = this.view.session;
    this.set({ phase: 'opening', error: null, pictureError: null, isPictureReady: false });
    try {
      // The journal must hold the old task's last changes before the editor forgets them.
      if (old) void old.close({ giveBack: true });
      const task = this.take(taskId) ?? (await openTask(taskId, as));
      const journal = await openJournal();
      if (round !== this.round) return;
      const session = new TaskSession({
        task,
        journal,
        tab: this.tab,
        editor: this.editor,
        labels: this.labels,
      });
      await session.start();
      if (round !== this.round) return;
      this.remember(task.id, isBack);
      const doneToday = Math.max(this.view.doneToday, task.progress.done_today);
      this.set({ phase: 'ready', session, doneToday });
      void this.sweep();
      await this.showPicture(task, round);
    } catch (error) {
      if (round === this.round) this.set({ phase: 'error', error, session: null });
    }
  }

  /** What other pictures left unsent goes now, and whenever the network comes back. */
  private sweep = async (): Promise<void> => {
    if (!this.isListening) window.addEventListener('online', this.sweep);
    this.isListening = true;
    const journal = await openJournal();
    const openId = this.view.session?.task.assignment?.id ?? null;
    await sendLeftovers(journal, openId, patchDraft).catch(() => 0);
  };

  private take(taskId: string): OpenTask | null {
    const given = this.ahead?.id === taskId ? this.ahead : (handed.get(taskId) ?? null);
    if (this.ahead?.id === taskId) this.ahead = null;
    handed.delete(taskId);
    return given;
  }

  private remember(taskId: string, isBack: boolean): void {
    if (isBack) this.visited.length = this.visited.indexOf(taskId);
    else if (this.visited.includes(taskId)) this.visited.splice(this.visited.indexOf(taskId), 1);
    this.set({ previousId: this.visited.at(-1) ?? null });
    this.visited.push(taskId);
    if (this.visited.length > VISITED_KEPT) this.visited.shift();
  }

  private async showPicture(task: OpenTask, round: number): Promise<void> {
    const { width, height, kind, image_url } = task.asset;
    if (kind === 'video') {
      // The player brings the frames.
      this.editor.setImage(null, width, height);
      this.set({ isPictureReady: true });
    } else {
      const waiting = this.pictures.get(image_url);
      if (this.editor.image) this.editor.setImage(null, width, height);
      try {
        const bitmap = await waiting;
        if (round !== this.round) return;
        this.editor.setImage(bitmap, width, height);
        this.editor.fit();
        this.set({ isPictureReady: true });
        markReady();
      } catch (error) {
        if (round === this.round) this.set({ pictureError: error });
        return;
      }
    }
    if (task.mode === 'label') void this.lookAhead();
  }

  /** A submit arrived. */
  countDone(): void {
    this.set({ doneToday: this.view.doneToday + 1 });
  }

  retryPicture(): void {
    const { session } = this.view;
    this.set({ pictureError: null });
    if (session) void this.showPicture(session.task, this.round);
  }

  // ---- the next one

  /** Claims the task after this one and decodes its picture, so that submit shows it at once. */
  private lookAhead(): Promise<void> {
    if (this.ahead || this.looking) return this.looking ?? Promise.resolve();
    this.looking = this.claimAhead().finally(() => (this.looking = null));
    return this.looking;
  }

  private async claimAhead(): Promise<void> {
    const round = this.round;
    const task = await claimNext(this.projectId, this.visited).catch(() => null);
    if (!task) return;
    if (this.leaving !== null || (round !== this.round && this.view.session?.task.id === task.id)) {
      return void giveBack(task);
    }
    this.ahead = task;
    this.aheadTimer ??= setInterval(() => this.renewAhead(), RENEW_MS);
    if (task.asset.kind === 'image') void this.pictures.get(task.asset.image_url).catch(() => undefined);
  }

  private renewAhead(): void {
    const id = this.ahead?.assignment?.id;
    if (id) void renewLease(id).catch(() => (this.ahead = null));
  }

  /** The id of the next task, claimed; null when nothing is left. Throws ApiError. */
  async nextId(): Promise<string | null> {
    await this.looking;
    if (this.ahead) return this.ahead.id;
    const task = await claimNext(this.projectId, this.visited);
    if (task) this.ahead = task;
    return task?.id ?? null;
  }

  // ---- leaving

  /** The page goes. A moment's grace, because React mounts twice in development. */
  leave(): void {
    this.leaving ??= setTimeout(() => {
      this.round += 1;
      if (this.aheadTimer) clearInterval(this.aheadTimer);
      this.aheadTimer = null;
      window.removeEventListener('online', this.sweep);
      this.isListening = false;
      void this.view.session?.close({ giveBack: true });
      if (this.ahead) void giveBack(this.ahead);
      this.ahead = null;
      this.view = { ...this.view, session: null, phase: 'opening' };
      this.editor.dispose();
      this.pictures.clear();
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
