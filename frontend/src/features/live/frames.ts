/**
 * One multiplexed stream for all tiles of the wall: browsers open only a few connections to a host. A tile hears its
 * own frames at once; figures for the eye (rate, delay, silence) are gathered once a second.
 */
import { floorFrom, type Floor } from '@/features/live/floor';
import { signedInAs } from '@/lib/person';
import { sharedSource, type Source } from '@/lib/shared-source';

export type LiveObject = {
  track_id: number;
  label: string;
  score: number;
  box: [number, number, number, number];
};
/** Boxes are in pixels of `width` × `height`; the JPEG may be smaller. */
export type LiveFrame = {
  feed_id: string;
  time_s: number;
  jpeg: string;
  width: number;
  height: number;
  objects: LiveObject[];
  fps: number;
  latency_ms: number;
  floor: Floor;
};
export type Facts = { fps: number; latencyMs: number; objects: number; silentS: number; floor: Floor };
export type WallState = 'connecting' | 'open' | 'waiting' | 'closed';

const GATHER_MS = 1_000;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 15_000;
/** Without a frame for so long a tile says that its picture is old. */
export const SILENT_AFTER_S = 6;
export const FEEDS_MAX = 16;

export function streamUrl(feedIds: readonly string[]): string {
  return `/api/v1/live/stream?feeds=${feedIds.slice(0, FEEDS_MAX).join(',')}`;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** A frame out of a message; null for what is none. Objects that cannot be drawn are left out. */
export function frameFrom(text: string): LiveFrame | null {
  let raw: Partial<LiveFrame>;
  try {
    raw = JSON.parse(text) as Partial<LiveFrame>;
  } catch {
    return null;
  }
  if (typeof raw?.feed_id !== 'string' || typeof raw.jpeg !== 'string') return null;
  if (!isNumber(raw.width) || !isNumber(raw.height) || raw.width <= 0 || raw.height <= 0) return null;
  const objects = Array.isArray(raw.objects) ? raw.objects : [];
  return {
    feed_id: raw.feed_id,
    time_s: isNumber(raw.time_s) ? raw.time_s : 0,
    jpeg: raw.jpeg,
    width: raw.width,
    height: raw.height,
    objects: objects.filter(
      (each) => Array.isArray(each?.box) && each.box.length === 4 && each.box.every(isNumber),
    ),
    fps: isNumber(raw.fps) ? raw.fps : 0,
    latency_ms: isNumber(raw.latency_ms) ? raw.latency_ms : 0,
    floor: floorFrom(raw.floor),
  };
}

type Clock = () => number;

export class WallStream {
  private source: Source | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private ticking: ReturnType<typeof setInterval> | null = null;
  private failures = 0;
  private readonly last = new Map<string, { frame: LiveFrame; atMs: number }>();
  private readonly tiles = new Map<string, Set<(frame: LiveFrame) => void>>();
  private readonly watchers = new Set<() => void>();
  private snapshot: { state: WallState; facts: ReadonlyMap<string, Facts> } = {
    state: 'closed',
    facts: new Map(),
  };
  private readonly url: string;
  private readonly open: (url: string) => Source;
  private readonly now: Clock;

  constructor(
    url: string,
    open: (url: string) => Source = (address) => sharedSource(address, signedInAs() ?? null),
    now: Clock = () => performance.now(),
  ) {
    this.url = url;
    this.open = open;
    this.now = now;
  }

  start(): void {
    if (this.source || this.retry) return;
    this.ticking ??= setInterval(() => this.gather(), GATHER_MS);
    this.connect();
  }

  stop(): void {
    if (this.retry) clearTimeout(this.retry);
    if (this.ticking) clearInterval(this.ticking);
    this.retry = this.ticking = null;
    this.source?.close();
    this.source = null;
    this.failures = 0;
    this.set('closed');
  }

  /** Hear one feed's frames; the newest at once where it is not old. */
  watch(feedId: string, hear: (frame: LiveFrame) => void): () => void {
    const tiles = this.tiles.get(feedId) ?? new Set();
    this.tiles.set(feedId, tiles.add(hear));
    const newest = this.last.get(feedId);
    if (newest && this.now() - newest.atMs < SILENT_AFTER_S * 1000) hear(newest.frame);
    return () => tiles.delete(hear);
  }

  /** The source's time of the picture on the screen; null without one. */
  shownTime(feedId: string): number | null {
    return this.last.get(feedId)?.frame.time_s ?? null;
  }

  subscribe = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  /** An object that changes only when something changed. */
  read = () => this.snapshot;

  private connect(): void {
    this.set('connecting');
    const source = this.open(this.url);
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.set('open');
    };
    source.onmessage = (event) => this.take(event.data);
    source.onerror = () => {
      // The browser's own retry gives up on a refusal; ours does not.
      source.close();
      this.source = null;
      this.set('waiting');
      const waitMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** this.failures);
      this.failures += 1;
      this.retry = setTimeout(() => {
        this.retry = null;
        this.connect();
      }, waitMs);
    };
  }

  private take(text: string): void {
    const frame = frameFrom(text);
    if (!frame) return;
    this.last.set(frame.feed_id, { frame, atMs: this.now() });
    this.tiles.get(frame.feed_id)?.forEach((hear) => hear(frame));
  }

  private gather(): void {
    const facts = new Map<string, Facts>();
    for (const [feedId, { frame, atMs }] of this.last) {
      facts.set(feedId, {
        fps: frame.fps,
        latencyMs: frame.latency_ms,
        objects: frame.objects.length,
        floor: frame.floor,
        silentS: (this.now() - atMs) / 1000,
      });
    }
    this.snapshot = { ...this.snapshot, facts };
    this.tell();
  }

  private set(state: WallState): void {
    if (this.snapshot.state === state) return;
    this.snapshot = { ...this.snapshot, state };
    this.tell();
  }

  private tell(): void {
    this.watchers.forEach((changed) => changed());
  }
}
