/**
 * An event source that all tabs of a browser share: browsers open only six connections to a host, and each open tab
 * would take one for good. One tab holds the connection (a Web Lock says which) and tells the others what comes; when it
 * goes, the next one opens its own. Where a browser has no locks (plain http on another machine), each tab opens its own.
 */

/** What users of a stream need of an EventSource. */
export type Source = {
  onopen: (() => void) | null;
  onmessage: ((message: { data: string }) => void) | null;
  onerror: (() => void) | null;
  close(): void;
};

type Told =
  | { kind: 'here' | 'bye'; from: string }
  | { kind: 'open'; isNew: boolean }
  | { kind: 'error' }
  | { kind: 'data'; data: string };

type Tools = {
  locks: Pick<LockManager, 'request'>;
  channel: (name: string) => BroadcastChannel;
  open: (url: string) => EventSource;
};

/** `url`'s stream, shared with other tabs of the same person. */
export function sharedSource(url: string, person: string | null): Source {
  const open = (address: string) => new EventSource(address);
  if (!person || !('locks' in navigator) || typeof BroadcastChannel === 'undefined') {
    // An EventSource gives its handlers more than they need.
    return open(url) as unknown as Source;
  }
  const channel = (name: string) => new BroadcastChannel(name);
  return new SharedSource(url, `${person} ${url}`, { locks: navigator.locks, channel, open });
}

export class SharedSource implements Source {
  onopen: Source['onopen'] = null;
  onmessage: Source['onmessage'] = null;
  onerror: Source['onerror'] = null;

  private readonly id = crypto.randomUUID();
  private readonly channel: BroadcastChannel;
  private readonly giveUp = new AbortController();
  /** Those that wait behind us: who asked for the lock earlier was served earlier. */
  private readonly listeners = new Set<string>();
  private own: EventSource | null = null;
  private release: (() => void) | null = null;
  private isOpen = false;
  private isOver = false;
  private readonly url: string;
  private readonly tools: Tools;

  constructor(url: string, name: string, tools: Tools) {
    this.url = url;
    this.tools = tools;
    this.channel = tools.channel(name);
    this.channel.onmessage = ({ data }: MessageEvent<Told>) => this.hear(data);
    this.tell({ kind: 'here', from: this.id });
    tools.locks
      .request(name, { signal: this.giveUp.signal }, () => this.lead())
      // Given up while waiting: closed before its turn came.
      .catch(() => undefined);
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.tell({ kind: 'bye', from: this.id });
    this.own?.close();
    this.release?.();
    this.giveUp.abort();
    this.channel.close();
  }

  /** Hold the connection until closed; the lock is ours for so long. */
  private lead(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    const source = this.tools.open(this.url);
    this.own = source;
    source.onopen = () => {
      this.tell({ kind: 'open', isNew: true });
      this.opened();
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      if (this.listeners.size > 0) this.tell({ kind: 'data', data });
      this.onmessage?.({ data });
    };
    source.onerror = () => {
      this.isOpen = false;
      this.tell({ kind: 'error' });
      this.onerror?.();
    };
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  private hear(told: Told): void {
    if (this.isOver) return;
    switch (told.kind) {
      case 'here':
        this.listeners.add(told.from);
        if (this.own && this.isOpen) this.tell({ kind: 'open', isNew: false });
        return;
      case 'bye':
        this.listeners.delete(told.from);
        return;
      case 'open':
        // A connection opened anew: what came in between was missed.
        if (told.isNew || !this.isOpen) this.opened();
        return;
      case 'data':
        this.onmessage?.(told);
        return;
      case 'error':
        this.isOpen = false;
        this.onerror?.();
    }
  }

  private opened(): void {
    this.isOpen = true;
    this.onopen?.();
  }

  private tell(told: Told): void {
    this.channel.postMessage(told);
  }
}
