/** Frames of a video by index: fetched a few at a time, the most recently shown ones kept. */

const BYTES_KEPT = 192 * 1024 * 1024;
const KEPT_AT_LEAST = 12;
const AT_ONCE = 4;

export type LoadFrame = (index: number, signal: AbortSignal) => Promise<ImageBitmap>;

export class FrameStore {
  private readonly frames = new Map<number, ImageBitmap>();
  private readonly loading = new Map<number, Promise<ImageBitmap>>();
  private readonly failures = new Map<number, unknown>();
  private readonly over = new AbortController();
  private queue: number[] = [];
  private readonly kept: number;

  constructor(
    private readonly load: LoadFrame,
    size: { width: number; height: number },
  ) {
    this.kept = Math.max(KEPT_AT_LEAST, Math.floor(BYTES_KEPT / (size.width * size.height * 4)));
  }

  /** The frame where it is here already. */
  peek(index: number): ImageBitmap | null {
    const found = this.frames.get(index);
    if (!found) return null;
    this.frames.delete(index);
    this.frames.set(index, found);
    return found;
  }

  /** The last frame from `from` to `to`, both counted, that is here. */
  newest(from: number, to: number): { index: number; picture: ImageBitmap } | null {
    for (let index = to; index >= from; index -= 1) {
      const picture = this.peek(index);
      if (picture) return { index, picture };
    }
    return null;
  }

  /** The frame, fetched before all that is only wanted ahead. One that failed is tried again. */
  async get(index: number): Promise<ImageBitmap> {
    return this.peek(index) ?? (await this.fetch(index));
  }

  /** Why a frame could not be had when it was last asked for. */
  failure(index: number): unknown {
    return this.failures.get(index);
  }

  /** All that failed may be asked for again. */
  forgive(): void {
    this.failures.clear();
  }

  /** What may be needed next, nearest first; replaces former wishes. Never more than can be kept. */
  want(indices: readonly number[]): void {
    this.queue = indices
      .slice(0, this.kept - 4)
      .filter((index) => !this.frames.has(index) && !this.failures.has(index));
    this.pump();
  }

  private pump(): void {
    while (this.loading.size < AT_ONCE) {
      const next = this.queue.shift();
      if (next === undefined) return;
      if (this.frames.has(next) || this.loading.has(next)) continue;
      void this.fetch(next).catch(() => undefined);
    }
  }

  private fetch(index: number): Promise<ImageBitmap> {
    const known = this.loading.get(index);
    if (known) return known;
    this.failures.delete(index);
    const found = this.load(index, this.over.signal)
      .then((bitmap) => {
        // Nobody would give its memory back any more.
        if (this.over.signal.aborted) bitmap.close();
        else this.keep(index, bitmap);
        return bitmap;
      })
      .catch((error: unknown) => {
        this.failures.set(index, error);
        throw error;
      })
      .finally(() => {
        this.loading.delete(index);
        this.pump();
      });
    this.loading.set(index, found);
    return found;
  }

  private keep(index: number, bitmap: ImageBitmap): void {
    this.frames.set(index, bitmap);
    for (const [oldest, picture] of this.frames) {
      if (this.frames.size <= this.kept) return;
      this.frames.delete(oldest);
      picture.close();
    }
  }

  dispose(): void {
    this.queue = [];
    this.over.abort();
    for (const bitmap of this.frames.values()) bitmap.close();
    this.frames.clear();
  }
}
