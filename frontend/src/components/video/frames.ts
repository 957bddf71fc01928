/** Frames of a video by index: fetched a few at a time, the most recently shown ones kept. */

const BYTES_KEPT = 256 * 1024 * 1024;
const KEPT_AT_LEAST = 12;
const AT_ONCE = 4;

export type LoadFrame = (index: number) => Promise<ImageBitmap>;

export class FrameStore {
  private readonly frames = new Map<number, ImageBitmap>();
  private readonly loading = new Map<number, Promise<ImageBitmap>>();
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

  /** The frame, fetched before all that is only wanted ahead. */
  async get(index: number): Promise<ImageBitmap> {
    return this.peek(index) ?? (await this.fetch(index));
  }

  /** What may be needed next, nearest first; replaces former wishes. Never more than can be kept. */
  want(indices: readonly number[]): void {
    this.queue = indices.slice(0, this.kept - 4).filter((index) => !this.frames.has(index));
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
    const found = this.load(index)
      .then((bitmap) => {
        this.frames.set(index, bitmap);
        this.trim();
        return bitmap;
      })
      .finally(() => {
        this.loading.delete(index);
        this.pump();
      });
    this.loading.set(index, found);
    return found;
  }

  private trim(): void {
    for (const [index, bitmap] of this.frames) {
      if (this.frames.size <= this.kept) return;
      this.frames.delete(index);
      bitmap.close();
    }
  }

  dispose(): void {
    this.queue = [];
    for (const bitmap of this.frames.values()) bitmap.close();
    this.frames.clear();
  }
}
