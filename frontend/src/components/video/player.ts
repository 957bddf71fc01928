/**
 * Steps and plays frames by the stored table of presentation times, never by time × rate. The editor is moved
 * to a frame only when its picture is here, so that a box is never drawn over the wrong frame.
 */
import { ApiError } from '@/lib/api-error';

import type { FrameStore } from './frames';
import type { Reach } from './reach';

export type PlayerView = {
  frame: number;
  /** The frame being fetched; null while the one shown is the one wished for. */
  wish: number | null;
  isPlaying: boolean;
  isWaiting: boolean;
  error: unknown;
};
export type PlayerOptions = {
  frames: FrameStore;
  reach: Reach;
  show: (frame: number, picture: ImageBitmap) => void;
  now?: () => number;
  nextTick?: (tick: () => void) => number;
  cancelTick?: (id: number) => void;
  /** Calls back after so many milliseconds; answers how to call it off. */
  after?: (ms: number, then: () => void) => () => void;
};

const AHEAD = 12;
const BEHIND = 3;
/** Frames that V and C go. */
export const STRIDE = 10;
/**
 * Where frames come more slowly than this, a hand that drags is not fetched for until it rests so long: a frame that
 * is passed by the time it comes would only keep back the one that is wished for then.
 */
const QUICK_MS = 120;
const REST_MS = 80;
/** Further behind than this the clock waits for the pictures. */
const LATE_S = 0.4;

/** Index of the last frame at or before `time_s`. */
export function frameAt(times: readonly number[], time_s: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((times[mid] ?? Infinity) <= time_s) low = mid + 1;
    else high = mid;
  }
  return Math.max(0, low - 1);
}

/** Frames wanted around one, nearest in the direction of travel first. */
export function around(frame: number, direction: 1 | -1, { first, last }: Reach): number[] {
  const ahead = Array.from({ length: AHEAD }, (_, i) => frame + direction * (i + 1));
  const behind = Array.from({ length: BEHIND }, (_, i) => frame - direction * (i + 1));
  const [on, back] = [frame + direction * STRIDE, frame - direction * STRIDE];
  const near = [...ahead.slice(0, 2), ...behind.slice(0, 1), on];
  return [...new Set([...near, ...ahead.slice(2), ...behind.slice(1), back])].filter(
    (index) => index >= first && index <= last,
  );
}

export class Player {
  private view: PlayerView;
  private target: number;
  /** Seconds of each frame. Until they are here stepping works, playing does not. */
  private times: readonly number[] = [];
  private direction: 1 | -1 = 1;
  /** The frame that was shown last; the one before the first where playing begins anew. */
  private last: number;
  private isFetching = false;
  private isDragged = false;
  /** How long the last frame took that was not here. */
  private took_ms = 0;
  private endRest: (() => void) | null = null;
  private tick: number | null = null;
  private anchor = { at: 0, time_s: 0 };
  private isOver = false;
  private readonly listeners = new Set<() => void>();
  private readonly now: () => number;
  private readonly nextTick: (tick: () => void) => number;
  private readonly cancelTick: (id: number) => void;
  private readonly after: (ms: number, then: () => void) => () => void;

  constructor(private readonly options: PlayerOptions) {
    const { first } = options.reach;
    this.view = { frame: first, wish: null, isPlaying: false, isWaiting: true, error: null };
    this.target = this.last = first;
    this.now = options.now ?? (() => performance.now());
    this.nextTick = options.nextTick ?? ((tick) => requestAnimationFrame(tick));
    this.cancelTick = options.cancelTick ?? ((id) => cancelAnimationFrame(id));
    this.after =
      options.after ??
      ((ms, then) => {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getView = (): PlayerView => this.view;

  private set(change: Partial<PlayerView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Frames and their seconds: the table may come after the first picture. */
  setTimes(times: readonly number[]): void {
    this.times = times;
  }

  /**
   * Goes to a frame; steps asked for while one loads add up. One frame is fetched at a time, then the newest one
   * wished for: a hand that drags along the timeline (`isDragged`) sees what came on its way, and leaves no queue behind.
   */
  async seek(frame: number, isDragged = false): Promise<void> {
    this.pause();
    this.isDragged = isDragged;
    const target = Math.min(Math.max(frame, this.options.reach.first), this.options.reach.last);
    // Let go where it rested, a hand that went back still goes back.
    if (target !== this.target) this.direction = target < this.target ? -1 : 1;
    this.target = target;
    const here = this.options.frames.peek(target);
    if (here) this.arrive(target, here);
    else this.set({ isWaiting: true, wish: target, error: null });
    // It moved on: the rest that a drag waits for begins anew; let go, it is over.
    this.endRest?.();
    await this.settle();
  }

  /** Brings the frame wished for, the newest one if that changes meanwhile; then what may be wished for next. */
  private async settle(): Promise<void> {
    if (this.isFetching) return;
    this.isFetching = true;
    while (this.view.isWaiting && !this.isOver) {
      this.options.frames.want([]);
      const target = this.target;
      if (this.isDragged && this.took_ms > QUICK_MS) await this.rest();
      if (!this.isDragged || target === this.target) await this.bring(this.target);
    }
    this.isFetching = false;
    if (!this.isOver && !this.view.isPlaying) this.options.frames.want(this.around());
  }

  /** Until a hand has been still for a while, or has moved on or let go. */
  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        callOff();
        this.endRest = null;
        resolve();
      };
      const callOff = this.after(REST_MS, end);
      this.endRest = end;
    });
  }

  private async bring(frame: number): Promise<void> {
    // It came while the hand was resting, or playing has begun.
    if (!this.view.isWaiting) return;
    const begun = this.now();
    try {
      const picture = await this.options.frames.get(frame);
      this.took_ms = this.now() - begun;
      // Meanwhile a frame that was here may have been shown, or playing begun.
      if (!this.isOver && this.view.isWaiting) this.arrive(frame, picture);
    } catch (error) {
      if (!this.isOver && this.target === frame) this.set({ isWaiting: false, wish: null, error });
    }
  }

  private around(): number[] {
    return around(this.target, this.direction, this.options.reach);
  }

  step(by: number): Promise<void> {
    return this.seek(this.target + by);
  }

  private arrive(frame: number, picture: ImageBitmap): void {
    this.last = frame;
    this.options.show(frame, picture);
    const isWaiting = !this.view.isPlaying && frame !== this.target;
    this.set({ frame, isWaiting, wish: isWaiting ? this.target : null, error: null });
  }

  // ---- playing

  toggle(): void {
    if (this.view.isPlaying) this.pause();
    else this.play();
  }

  private play(): void {
    const { first, last } = this.options.reach;
    if (this.times.length === 0 || first >= last) return;
    const start = this.view.frame >= last ? first : this.view.frame;
    this.anchor = { at: this.now(), time_s: this.times[start] ?? 0 };
    // What failed while the server was away may be had now.
    this.options.frames.forgive();
    this.set({ isPlaying: true, isWaiting: false, wish: null, error: null });
    if (start !== this.view.frame) this.last = first - 1;
    this.beat();
  }

  pause(): void {
    if (this.tick !== null) this.cancelTick(this.tick);
    this.tick = null;
    if (this.view.isPlaying) this.set({ isPlaying: false });
  }

  /** The frame that is due, or the newest one before it that is here: the clock goes on at its speed. */
  private beat = (): void => {
    const { times } = this;
    const { frames, reach } = this.options;
    const time_s = this.anchor.time_s + (this.now() - this.anchor.at) / 1000;
    const due = Math.min(frameAt(times, time_s), reach.last);
    const found = frames.newest(this.last + 1, due);
    const late_s = time_s - (times[this.last] ?? 0);
    if (found) {
      this.target = found.index;
      this.arrive(found.index, found.picture);
    } else if (due !== this.last && late_s > LATE_S) {
      const why = frames.failure(due);
      if (why instanceof ApiError && why.isUnreachable) return this.stop(why);
      // What cannot be decoded costs its time; for pictures that still come the clock waits.
      if (!why) this.anchor = { at: this.now(), time_s: times[this.passed()] ?? 0 };
    }
    frames.want([due, ...around(due, 1, reach)]);
    if (this.passed() >= reach.last) this.pause();
    else this.tick = this.nextTick(this.beat);
  };

  /** The last frame that was shown, or that is damaged behind it. */
  private passed(): number {
    let index = this.last;
    while (this.options.frames.failure(index + 1) !== undefined) index += 1;
    return index;
  }

  private stop(error: unknown): void {
    this.pause();
    this.set({ error });
  }

  dispose(): void {
    this.isOver = true;
    this.endRest?.();
    this.pause();
    this.options.frames.dispose();
  }
}
