/** Tiles of one large picture over HTTP, a bounded number in memory; fetches of what left the view are stopped. */
import type { TileId, TileSource } from '@/canvas/render/tiles';
import type { Schemas } from '@/types/api';

import { loadPicture } from './pictures';

/** Decoded tiles take four bytes a pixel. */
const KEPT_BYTES = 96 * 1024 * 1024;
const AT_ONCE = 6;
/** After a failure a tile is asked for again this much later, with the next change of the view. */
const AGAIN_MS = 5_000;

type Load = (url: string, signal: AbortSignal) => Promise<ImageBitmap>;

const keyOf = ({ level, column, row }: TileId): string => [level, column, row].join('/');

export class HttpTiles implements TileSource {
  readonly tilePx: number;
  readonly levels: readonly { width: number; height: number }[];
  private readonly held = new Map<string, ImageBitmap>();
  private readonly loading = new Map<string, AbortController>();
  private readonly failed = new Map<string, number>();
  private wanted: readonly TileId[] = [];
  private bytes = 0;
  private isClosed = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly tiles: Schemas['Tiles'],
    private readonly load: Load = loadPicture,
    private readonly keptBytes = KEPT_BYTES,
  ) {
    this.tilePx = tiles.tile_px;
    this.levels = tiles.levels;
  }

  get(id: TileId): ImageBitmap | null {
    const key = keyOf(id);
    const found = this.held.get(key);
    if (!found) return null;
    // The most recently drawn stay longest.
    this.held.delete(key);
    this.held.set(key, found);
    return found;
  }

  want(ids: readonly TileId[]): void {
    this.wanted = ids;
    const keys = new Set(ids.map(keyOf));
    for (const [key, fetching] of this.loading) if (!keys.has(key)) fetching.abort();
    this.pump();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The picture is put away. */
  close(): void {
    this.isClosed = true;
    for (const fetching of this.loading.values()) fetching.abort();
    for (const bitmap of this.held.values()) bitmap.close();
    this.held.clear();
    this.bytes = 0;
  }

  private pump(): void {
    for (const id of this.wanted) {
      if (this.loading.size >= AT_ONCE || this.isClosed) return;
      const key = keyOf(id);
      const isResting = Date.now() - (this.failed.get(key) ?? -Infinity) < AGAIN_MS;
      if (!this.held.has(key) && !this.loading.has(key) && !isResting) void this.fetch(id, key);
    }
  }

  private async fetch(id: TileId, key: string): Promise<void> {
    const fetching = new AbortController();
    this.loading.set(key, fetching);
    try {
      const bitmap = await this.load(this.urlOf(id), fetching.signal);
      if (this.isClosed) return bitmap.close();
      this.keep(key, bitmap);
      for (const listener of this.listeners) listener();
    } catch {
      // The overview stays in sight; a stopped fetch is no failure.
      if (!fetching.signal.aborted) this.failed.set(key, Date.now());
    } finally {
      this.loading.delete(key);
      this.pump();
    }
  }

  private keep(key: string, bitmap: ImageBitmap): void {
    this.held.set(key, bitmap);
    this.bytes += 4 * bitmap.width * bitmap.height;
    const inView = new Set(this.wanted.map(keyOf));
    for (const [old, held] of this.held) {
      if (this.bytes <= this.keptBytes) return;
      if (inView.has(old)) continue;
      this.held.delete(old);
      this.bytes -= 4 * held.width * held.height;
      held.close();
    }
  }

  private urlOf({ level, column, row }: TileId): string {
    return this.tiles.url
      .replace('{level}', String(level))
      .replace('{column}', String(column))
      .replace('{row}', String(row));
  }
}
