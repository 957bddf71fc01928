/** Full pictures, fetched and decoded off the main thread, the last few kept for the way back and ahead. */
import { ApiError, type ErrorBody } from '@/lib/api-error';

export async function loadPicture(url: string, signal?: AbortSignal): Promise<ImageBitmap> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'unreachable' });
  }
  if (!response.ok) {
    const said = (await response.json().catch(() => ({}))) as ErrorBody;
    throw new ApiError(response.status, { message: 'The picture could not be loaded.', ...said });
  }
  return createImageBitmap(await response.blob());
}

/** Least recently used pictures are dropped past `kept`; asking twice fetches once. */
export class PictureCache {
  private readonly held = new Map<string, Promise<ImageBitmap>>();
  private readonly ready = new WeakSet<Promise<ImageBitmap>>();

  constructor(
    private readonly kept: number,
    private readonly load: (url: string) => Promise<ImageBitmap> = loadPicture,
    /** False where others may still draw from what is dropped: the collector frees it in its own time. */
    private readonly closes = true,
  ) {}

  get(url: string): Promise<ImageBitmap> {
    const found = this.held.get(url) ?? this.load(url);
    this.held.delete(url);
    this.held.set(url, found);
    found.then(
      () => this.ready.add(found),
      () => {
        if (this.held.get(url) === found) this.held.delete(url);
      },
    );
    this.trim();
    return found;
  }

  has(url: string): boolean {
    return this.held.has(url);
  }

  /** Whether it is decoded: `get` then answers without a wait. */
  isReady(url: string): boolean {
    const found = this.held.get(url);
    return found !== undefined && this.ready.has(found);
  }

  clear(): void {
    for (const url of [...this.held.keys()]) this.drop(url);
  }

  private trim(): void {
    for (const url of this.held.keys()) {
      if (this.held.size <= this.kept) return;
      this.drop(url);
    }
  }

  private drop(url: string): void {
    const found = this.held.get(url);
    this.held.delete(url);
    if (!this.closes) return;
    // Memory of a bitmap is not seen by the collector: give it back by hand.
    found?.then((bitmap) => bitmap.close()).catch(() => undefined);
  }
}
