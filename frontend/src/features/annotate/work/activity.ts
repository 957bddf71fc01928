/** Seconds a person really worked: the page in sight and a hand moving within the last half minute. */

const IDLE_AFTER_MS = 30_000;
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;

export class Activity {
  private activeMs = 0;
  private lastSign: number;
  private lastCount: number;

  constructor(
    private readonly before: number,
    private readonly now: () => number = Date.now,
  ) {
    this.lastSign = this.lastCount = now();
  }

  /** A sign of life. Time since the last one counts where it was not longer than a pause. */
  sign(): void {
    this.count();
    this.lastSign = this.now();
  }

  private count(): void {
    const now = this.now();
    const end = Math.min(now, this.lastSign + IDLE_AFTER_MS);
    this.activeMs += Math.max(0, end - this.lastCount);
    this.lastCount = now;
  }

  /** The total on this work so far, whole seconds. */
  get seconds(): number {
    this.count();
    return Math.round(this.before + this.activeMs / 1000);
  }

  /** Listens to the window. Returns the way to stop. */
  watch(): () => void {
    const end = new AbortController();
    const sign = () => document.visibilityState === 'visible' && this.sign();
    for (const name of SIGNS) window.addEventListener(name, sign, { signal: end.signal, passive: true });
    return () => end.abort();
  }
}
