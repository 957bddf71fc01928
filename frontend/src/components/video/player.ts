/**
 * Steps and plays frames by the stored table of presentation times, never by time × rate. The editor is moved
 * to a frame only when its picture is here, so that a box is never drawn over the wrong frame.
 */
import type { FrameStore } from './frames';

export type PlayerView = { frame: number; isPlaying: boolean; isWaiting: boolean; error: unknown };
export type PlayerOptions = {
  frames: FrameStore;
  frameCount: number;
  /** Seconds of each frame; empty: stepping works, playing does not. */
  times: readonly number[];
  show: (frame: number, picture: ImageBitmap) => void;
  now?: () => number;
  nextTick?: (tick: () => void) => number;
  cancelTick?: (id: number) => void;
};

const AHEAD = 12;
const BEHIND = 3;
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
export function around(frame: number, direction: 1 | -1, frameCount: number): number[] {
  const ahead = Array.from({ length: AHEAD }, (_, i) => frame + direction * (i + 1));
  const behind = Array.from({ length: BEHIND }, (_, i) => frame - direction * (i + 1));
  return [...ahead.slice(0, 2), ...behind.slice(0, 1), ...ahead.slice(2), ...behind.slice(1)].filter(
    (index) => index >= 0 && index < frameCount,
  );
}

export class Player {
  private view: PlayerView = { frame: 0, isPlaying: false, isWaiting: true, error: null };
  private target = 0;
  private tick: number | null = null;
  private anchor = { at: 0, time_s: 0 };
  private isOver = false;
  private readonly listeners = new Set<() => void>();
  private readonly now: () => number;
  private readonly nextTick: (tick: () => void) => number;
  private readonly cancelTick: (id: number) => void;

  constructor(private readonly options: PlayerOptions) {
    this.now = options.now ?? (() => performance.now());
    this.nextTick = options.nextTick ?? ((tick) => requestAnimationFrame(tick));
    this.cancelTick = options.cancelTick ?? ((id) => cancelAnimationFrame(id));
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

  /** Goes to a frame; steps asked for while one loads add up. */
  async seek(frame: number): Promise<void> {
    this.pause();
    await this.goTo(frame);
  }

  step(by: number): Promise<void> {
    return this.seek(this.target + by);
  }

  private async goTo(frame: number): Promise<void> {
    const { frames, frameCount } = this.options;
    const target = Math.min(Math.max(frame, 0), frameCount - 1);
    const direction = target < this.view.frame ? -1 : 1;
    this.target = target;
    const here = frames.peek(target);
    if (here) this.arrive(target, here);
    else this.set({ isWaiting: true, error: null });
    frames.want(around(target, direction, frameCount));
    if (here) return;
    try {
      const picture = await frames.get(target);
      if (!this.isOver && this.target === target) this.arrive(target, picture);
    } catch (error) {
      if (!this.isOver && this.target === target) this.set({ isWaiting: false, error });
    }
  }

  private arrive(frame: number, picture: ImageBitmap): void {
    this.options.show(frame, picture);
    this.set({ frame, isWaiting: false, error: null });
  }

  // ---- playing

  toggle(): void {
    if (this.view.isPlaying) this.pause();
    else this.play();
  }

  private play(): void {
    const { times, frameCount } = this.options;
    if (times.length === 0 || frameCount < 2) return;
    const start = this.view.frame >= frameCount - 1 ? 0 : this.view.frame;
    this.anchor = { at: this.now(), time_s: times[start] ?? 0 };
    this.set({ isPlaying: true });
    this.beat();
  }

  pause(): void {
    if (this.tick !== null) this.cancelTick(this.tick);
    this.tick = null;
    if (this.view.isPlaying) this.set({ isPlaying: false });
  }

  private beat = (): void => {
    const { times, frames, frameCount } = this.options;
    const time_s = this.anchor.time_s + (this.now() - this.anchor.at) / 1000;
    const due = frameAt(times, time_s);
    const picture = due === this.view.frame ? null : frames.peek(due);
    if (picture) {
      this.target = due;
      this.arrive(due, picture);
    } else if (due !== this.view.frame) {
      void frames.get(due).catch(() => this.pause());
      const shown_s = times[this.view.frame] ?? 0;
      if (time_s - shown_s > LATE_S) this.anchor = { at: this.now(), time_s: shown_s };
    }
    frames.want(around(due, 1, frameCount));
    if (this.view.frame >= frameCount - 1) this.pause();
    else this.tick = this.nextTick(this.beat);
  };

  dispose(): void {
    this.isOver = true;
    this.pause();
    this.options.frames.dispose();
  }
}
