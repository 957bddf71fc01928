/**
 * Sends files in chunks, a few at a time, and takes up again where it stopped: after a lost connection, an ended
 * session, a restarted server or a reloaded page. No React and no HTTP here: a transport is handed in.
 */
import { toApiError } from '@/lib/api-error';
import { newUuid } from '@/lib/ids';

export const CHUNK_BYTES = 4 * 1024 * 1024; // small enough that a dropped connection costs little
export const PARALLEL_MAX = 3;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 20_000;
const POLL_MS = 1_500;
const ASKED_AT_ONCE_MAX = 8; // thousands of files may be waiting for the server at a time

export type Report = {
  added: number;
  duplicates: number;
  skipped: number;
  refused_count: number;
  refused: { name: string; reason: string }[];
};
export type RemoteUpload = {
  id: string;
  received_bytes: number;
  state: string; // open | received | done | failed
  error: string;
  report: Report;
};
export type Transport = {
  create: (name: string, size: number, key: string) => Promise<RemoteUpload>;
  get: (uploadId: string) => Promise<RemoteUpload>;
  put: (uploadId: string, from: number, chunk: Blob, total: number) => Promise<RemoteUpload>;
};
/** Remembers which upload a file belongs to, so that a reloaded page can go on with it. */
export type Memory = {
  get: (file: string) => string | null;
  set: (file: string, uploadId: string | null) => void;
};

/** `taking_in`: everything was sent, the server is looking at it. */
export type ItemState = 'waiting' | 'sending' | 'retrying' | 'taking_in' | 'done' | 'failed';
export type Item = {
  id: string;
  name: string;
  size: number;
  sent: number;
  state: ItemState;
  error: string;
  report: Report | null;
};
type Work = { item: Item; file: File; key: string; uploadId: string | null; failures: number };

export class UploadQueue {
  private works: Work[] = [];
  private active = 0;
  private paused = false;
  private following = false;
  private snapshot: { items: Item[]; isPaused: boolean } = { items: [], isPaused: false };
  private readonly listeners = new Set<() => void>();
  private readonly transport: Transport;
  private readonly memory: Memory;
  private readonly wait: (ms: number) => Promise<void>;

  constructor(
    transport: Transport,
    memory: Memory,
    wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
  ) {
    this.transport = transport;
    this.memory = memory;
    this.wait = wait;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** An object that changes only when something changed. */
  read = () => this.snapshot;

  /** `name` is the path inside a dropped folder; a file already in the list is not added twice. */
  add(files: { file: File; name: string }[]): void {
    const present = new Set(this.works.map(({ file, item }) => fingerprint(file, item.name)));
    for (const { file, name } of files) {
      const mark = fingerprint(file, name);
      if (present.has(mark)) continue;
      present.add(mark);
      const item: Item = {
        id: newUuid(),
        name,
        size: file.size,
        sent: 0,
        state: 'waiting',
        error: '',
        report: null,
      };
      if (file.size === 0) Object.assign(item, { state: 'failed', error: 'The file is empty.' });
      this.works.push({ item, file, key: newUuid(), uploadId: null, failures: 0 });
    }
    this.changed();
    this.pump();
  }

  pause(): void {
    this.paused = true;
    this.changed();
  }

  resume(): void {
    this.paused = false;
    this.changed();
    this.pump();
  }

  retryFailed(): void {
    for (const work of this.works) {
      if (work.item.state !== 'failed' || work.file.size === 0) continue;
      // The server keeps a failed upload as it is: a second try is a new one.
      Object.assign(work, { uploadId: null, key: newUuid(), failures: 0 });
      this.update(work, { state: 'waiting', error: '', sent: 0, report: null });
    }
    this.pump();
  }

  /** Forget what is finished. */
  clear(): void {
    this.works = this.works.filter(({ item }) => item.state !== 'done' && item.state !== 'failed');
    this.changed();
  }

  get isBusy(): boolean {
    return this.works.some(({ item }) => ['waiting', 'sending', 'retrying'].includes(item.state));
  }

  private pump(): void {
    while (!this.paused && this.active < PARALLEL_MAX) {
      const next = this.works.find(({ item }) => item.state === 'waiting');
      if (!next) return;
      this.active += 1;
      this.update(next, { state: 'sending' });
      void this.send(next).finally(() => {
        this.active -= 1;
        this.pump();
      });
    }
  }

  private async send(work: Work): Promise<void> {
    try {
      const upload = await this.opened(work);
      const left = await this.sendChunks(work, upload);
      if (!left) return;
      this.update(work, { state: 'taking_in', sent: work.file.size });
      void this.follow();
    } catch (error) {
      await this.failed(work, error);
    }
  }

  /** The server's side of this file: remembered, or newly opened. */
  private async opened(work: Work): Promise<RemoteUpload> {
    const { file, item } = work;
    const mark = fingerprint(file, item.name);
    const known = work.uploadId ?? this.memory.get(mark);
    if (known) {
      const upload = await this.transport.get(known).catch((error: unknown) => {
        if (toApiError(error).isRefused) return null; // swept, or somebody else's browser
        throw error;
      });
      if (upload && (upload.state === 'open' || work.uploadId)) {
        work.uploadId = upload.id;
        this.update(work, { sent: upload.received_bytes });
        return upload;
      }
    }
    const upload = await this.transport.create(item.name, file.size, work.key);
    work.uploadId = upload.id;
    this.memory.set(mark, upload.id);
    this.update(work, { sent: upload.received_bytes });
    return upload;
  }

  /** False when it was paused on the way. */
  private async sendChunks(work: Work, upload: RemoteUpload): Promise<boolean> {
    let at = upload.received_bytes;
    while (at < work.file.size) {
      if (this.paused) {
        this.update(work, { state: 'waiting' });
        return false;
      }
      const chunk = work.file.slice(at, at + CHUNK_BYTES);
      const answer = await this.transport
        .put(upload.id, at, chunk, work.file.size)
        .catch((error: unknown) => {
          const place = toApiError(error).extra.received_bytes;
          // Another tab, or a chunk that arrived although its answer did not: go on where the server is.
          if (typeof place === 'number' && place !== at) return { received_bytes: place };
          throw error;
        });
      at = answer.received_bytes;
      work.failures = 0;
      this.update(work, { sent: at, state: 'sending' });
    }
    return true;
  }

  /** Ask about what was sent until the server has looked at it: the oldest few at a time, they are done first. */
  private async follow(): Promise<void> {
    if (this.following) return;
    this.following = true;
    for (;;) {
      const asked = this.works.filter(({ item }) => item.state === 'taking_in').slice(0, ASKED_AT_ONCE_MAX);
      if (asked.length === 0) break;
      await Promise.all(asked.map((work) => this.ask(work)));
      await this.wait(POLL_MS);
    }
    this.following = false;
  }

  private async ask(work: Work): Promise<void> {
    const upload = await this.transport.get(work.uploadId ?? '').catch(() => null);
    if (!upload) return; // asked again at the next turn
    if (upload.state !== 'done' && upload.state !== 'failed') {
      this.update(work, { report: upload.report });
      return;
    }
    this.memory.set(fingerprint(work.file, work.item.name), null);
    this.update(work, { state: upload.state, error: upload.error, report: upload.report });
  }

  private async failed(work: Work, error: unknown): Promise<void> {
    const problem = toApiError(error);
    if (!problem.isTransient && !problem.isSignedOut) {
      this.memory.set(fingerprint(work.file, work.item.name), null);
      this.update(work, { state: 'failed', error: problem.message });
      return;
    }
    this.update(work, { state: 'retrying', error: problem.message });
    await this.wait(Math.min(BACKOFF_FIRST_MS * 2 ** work.failures, BACKOFF_MAX_MS));
    work.failures += 1;
    this.update(work, { state: 'waiting', error: '' });
  }

  private update(work: Work, change: Partial<Item>): void {
    work.item = { ...work.item, ...change };
    this.changed();
  }

  private changed(): void {
    this.snapshot = { items: this.works.map(({ item }) => item), isPaused: this.paused };
    this.listeners.forEach((listener) => listener());
  }
}

export function fingerprint(file: File, name: string): string {
  return `${name}|${file.size}|${file.lastModified}`;
}

/** What became of everything so far. */
export function totals(items: Item[]) {
  const sum = (pick: (report: Report) => number) =>
    items.reduce((total, { report }) => total + (report ? pick(report) : 0), 0);
  return {
    files: items.length,
    bytes: items.reduce((total, item) => total + item.size, 0),
    sent: items.reduce((total, item) => total + item.sent, 0),
    added: sum((report) => report.added),
    duplicates: sum((report) => report.duplicates),
    refused:
      sum((report) => report.refused_count) +
      items.filter((item) => item.state === 'failed' && !item.report?.refused_count).length,
    finished: items.filter(({ state }) => state === 'done' || state === 'failed').length,
    failed: items.filter(({ state }) => state === 'failed').length,
  };
}
