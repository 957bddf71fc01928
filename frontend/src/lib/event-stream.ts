import { signedInAs } from '@/lib/person';
import { sharedSource, type Source } from '@/lib/shared-source';

/**
 * One server-sent event stream for all pages of all tabs. Events are hints: pages read the API for facts.
 * Reconnects by itself and tells listeners, because what happened in between was missed.
 */

export type ServerEvent = { kind: string; project_id: string | null; data: Record<string, unknown> };
export type EventHandler = (event: ServerEvent) => void;
export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed';

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
const ANY = '*';

export class EventStream {
  private source: Source | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private failures = 0;
  private wasOpen = false;
  private current: StreamState = 'closed';
  private readonly handlers = new Map<string, Set<EventHandler>>();
  private readonly reconnectHandlers = new Set<() => void>();
  private readonly stateHandlers = new Set<() => void>();
  private readonly url: string;
  private readonly open: (url: string) => Source;

  constructor(
    url: string,
    open: (url: string) => Source = (address) => sharedSource(address, signedInAs() ?? null),
  ) {
    this.url = url;
    this.open = open;
  }

  get state(): StreamState {
    return this.current;
  }

  /** Hear events of one kind, or of every kind with '*'. Answers the function that stops it. */
  subscribe(kind: string, handler: EventHandler): () => void {
    const set = this.handlers.get(kind) ?? new Set();
    this.handlers.set(kind, set.add(handler));
    return () => set.delete(handler);
  }

  /** Called after a gap: whatever is on the screen may be old. */
  onReconnect(handler: () => void): () => void {
    this.reconnectHandlers.add(handler);
    return () => this.reconnectHandlers.delete(handler);
  }

  onState(handler: () => void): () => void {
    this.stateHandlers.add(handler);
    return () => this.stateHandlers.delete(handler);
  }

  start(): void {
    if (this.source || this.timer) return;
    this.connect();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.source?.close();
    this.source = null;
    this.wasOpen = false;
    this.failures = 0;
    this.set('closed');
  }

  private connect(): void {
    this.timer = null;
    this.set('connecting');
    const source = this.open(this.url);
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.set('open');
      if (this.wasOpen) this.reconnectHandlers.forEach((handler) => handler());
      this.wasOpen = true;
    };
    source.onmessage = (message) => this.dispatch(message.data);
    source.onerror = () => this.again();
  }

  /** The browser retries dropped streams itself but gives up on refusals: so every failure is retried here. */
  private again(): void {
    this.source?.close();
    this.source = null;
    this.set('waiting');
    const wait = Math.min(BACKOFF_FIRST_MS * 2 ** this.failures, BACKOFF_MAX_MS);
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), wait);
  }

  private dispatch(text: string): void {
    const event = parse(text);
    if (!event) return;
    for (const kind of [event.kind, ANY]) this.handlers.get(kind)?.forEach((handler) => handler(event));
  }

  private set(state: StreamState): void {
    if (state === this.current) return;
    this.current = state;
    this.stateHandlers.forEach((handler) => handler());
  }
}

function parse(text: string): ServerEvent | null {
  try {
    const body = JSON.parse(text) as Partial<ServerEvent>;
    if (typeof body.kind !== 'string') return null;
    return { kind: body.kind, project_id: body.project_id ?? null, data: body.data ?? {} };
  } catch {
    return null; // a half line from a dying proxy: the next event will tell
  }
}

export const eventStream = new EventStream('/api/v1/events');
