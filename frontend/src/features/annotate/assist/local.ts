/**
 * The decoder in this browser: a worker that is started once, kept over pictures, watched, and started again where it
 * dies. off → starting → ready → (lost → starting …) → refused.
 */
import type { Candidate, DecoderInfo, FromWorker, GivenBefore, PictureInfo, ToWorker } from './messages';
import type { Prompts } from './prompts';

/** An answer that takes longer than this never comes, milliseconds. */
const ANSWER_MAX_MS = 10_000;
/** Nor does a decoder: 6 to 20 MB over a slow line, compiled on a slow machine. */
const OPEN_MAX_MS = 120_000;
/** A worker that dies more often than this is not started again on this page. */
const LIVES = 4;
const REVIVE_AFTER_MS = 400;
/** More threads than this wait for each other. */
const THREADS_MAX = 4;

export type LocalState = 'off' | 'starting' | 'ready' | 'refused';

/** The browser's decoder cannot answer; somebody else has to. */
export class LocalLost extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'LocalLost';
  }
}

export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>;
export type LocalAnswer = { readonly candidates: readonly Candidate[]; readonly ms: number };
type Waiting = { resolve: (answer: LocalAnswer) => void; reject: (error: Error) => void };

export class LocalAssist {
  state: LocalState = 'off';
  /** Why it is refused, for those who look into it. */
  why = '';
  threads = 1;
  private worker: WorkerLike | null = null;
  private decoder: DecoderInfo | null = null;
  private picture: PictureInfo | null = null;
  private shownFor: string | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<() => void>();
  private readonly times: number[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private revive: ReturnType<typeof setTimeout> | undefined;
  private lastId = 0;
  private deaths = 0;

  constructor(private readonly make: () => WorkerLike) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Starts the decoder, or goes on with the one that runs. */
  open(decoder: DecoderInfo): void {
    if (this.decoder?.url === decoder.url && this.state !== 'off') return;
    this.end('Another decoder is opened.');
    this.decoder = decoder;
    this.deaths = 0;
    this.start();
  }

  /** The picture that is asked about next; fetched and decoded by the worker, from the browser's own cache. */
  show(picture: PictureInfo): void {
    this.picture = picture;
    this.shownFor = null;
    this.send({ do: 'show', picture });
  }

  isReadyFor(taskId: string): boolean {
    return this.state === 'ready' && this.shownFor === taskId;
  }

  /** Median of the last answers, milliseconds; null before the first. */
  get usualMs(): number | null {
    const sorted = [...this.times].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }

  /** Rejects with LocalLost where this browser has no answer, with the signal's reason where it is aborted. */
  ask(taskId: string, prompts: Prompts, before: GivenBefore, signal: AbortSignal): Promise<LocalAnswer> {
    if (!this.isReadyFor(taskId)) return Promise.reject(new LocalLost('Not ready.'));
    const id = (this.lastId += 1);
    return new Promise<LocalAnswer>((resolve, reject) => {
      const timer = setTimeout(() => this.lost('No answer.'), ANSWER_MAX_MS);
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
      };
      this.waiting.set(id, {
        resolve: (answer) => (done(), resolve(answer)),
        reject: (error) => (done(), reject(error)),
      });
      signal.addEventListener('abort', () => {
        if (this.waiting.has(id)) this.send({ do: 'drop', id });
        done();
        reject(signal.reason as Error);
      });
      this.send({ do: 'ask', id, taskId, prompts, before });
    });
  }

  private send(message: ToWorker): void {
    this.worker?.postMessage(message);
  }

  private start(): void {
    const { decoder } = this;
    if (!decoder) return;
    let worker: WorkerLike;
    try {
      worker = this.make();
    } catch (error) {
      return this.refuse(error instanceof Error ? error.message : 'No worker.');
    }
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.worker === worker && this.hear(data);
    worker.onerror = (event) => {
      if (typeof event !== 'string') event.preventDefault();
      if (this.worker === worker) this.lost('The decoder stopped.');
    };
    const cores = navigator.hardwareConcurrency || 1;
    const threads = globalThis.crossOriginIsolated ? Math.min(THREADS_MAX, cores) : 1;
    this.lock = `siteloop.assist.${String(Math.random())}`;
    this.send({ do: 'open', decoder, threads, lock: this.lock });
    if (this.picture) this.send({ do: 'show', picture: this.picture });
    this.timer = setTimeout(() => this.lost('The decoder did not start.'), OPEN_MAX_MS);
    this.set('starting');
  }

  private lock = '';

  private hear(message: FromWorker): void {
    if (message.say === 'opened') {
      clearTimeout(this.timer);
      this.threads = message.threads;
      this.set('ready');
    } else if (message.say === 'holds') this.watch(this.lock);
    else if (message.say === 'shown') {
      if (message.taskId === this.picture?.taskId) this.shownFor = message.taskId;
      this.tell();
    } else if (message.say === 'answer') {
      this.took(message.ms);
      this.waiting.get(message.id)?.resolve({ candidates: message.candidates, ms: message.ms });
    } else if (message.say === 'rehearsed') this.took(message.ms);
    else if (message.of === 'open') this.refuse(message.why);
    else if (message.of === 'ask') this.waiting.get(Number(message.id))?.reject(new LocalLost(message.why));
    else this.tell();
  }

  private took(ms: number): void {
    this.times.push(ms);
    if (this.times.length > 9) this.times.shift();
  }

  /** Whoever gets the worker's lock knows that it is gone, however it went. */
  private watch(lock: string): void {
    void navigator.locks.request(lock, () => {
      if (this.lock === lock && this.worker) this.lost('The decoder is gone.');
    });
  }

  private lost(why: string): void {
    this.end(why);
    this.deaths += 1;
    if (this.deaths >= LIVES) return this.refuse(why);
    this.set('starting');
    this.revive = setTimeout(() => this.start(), REVIVE_AFTER_MS * this.deaths);
  }

  private refuse(why: string): void {
    this.end(why);
    this.why = why;
    this.set('refused');
  }

  private end(why: string): void {
    clearTimeout(this.timer);
    clearTimeout(this.revive);
    const { worker } = this;
    this.worker = null;
    this.shownFor = null;
    worker?.terminate();
    for (const each of [...this.waiting.values()]) each.reject(new LocalLost(why));
  }

  private set(state: LocalState): void {
    this.state = state;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** One for the page: kept over tasks. */
export const localAssist = new LocalAssist(
  () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'assist' }),
);
