/**
 * Decisions of the grid on their way to the server: one request at a time, in the order they were made. Sent side by
 * side, an undo could overtake what it takes back, and be forgotten. What waits behind a request goes with the next.
 */
import type { GridVerdict } from './api';

/** What the server takes in one request. */
const AT_ONCE = 500;

export type Skipped = { skipped: readonly { suggestion_id: string; reason: string }[] };
export type Deliver = {
  decide: (ids: readonly string[], verdict: GridVerdict) => Promise<Skipped>;
  undo: (ids: readonly string[]) => Promise<Skipped>;
};
type Waiting = {
  ids: readonly string[];
  what: GridVerdict | 'undo';
  /** Told of this part of the answer only. */
  done: (skipped: Skipped['skipped']) => void;
  failed: (error: unknown) => void;
};

export class DecisionSender {
  private waiting: Waiting[] = [];
  private isSending = false;

  constructor(private readonly deliver: Deliver) {}

  /** Whether something has not been answered yet. */
  get isBusy(): boolean {
    return this.isSending || this.waiting.length > 0;
  }

  /** Resolves with what the server left undecided, and why. */
  send(ids: readonly string[], what: GridVerdict | 'undo'): Promise<Skipped['skipped']> {
    return new Promise((done, failed) => {
      this.waiting.push({ ids, what, done, failed });
      void this.run();
    });
  }

  private async run(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let batch = this.take(); batch.length > 0; batch = this.take()) {
      const ids = batch.flatMap((each) => each.ids);
      const what = batch[0]?.what ?? 'undo';
      try {
        const { skipped } =
          what === 'undo' ? await this.deliver.undo(ids) : await this.deliver.decide(ids, what);
        for (const each of batch) {
          each.done(skipped.filter((one) => each.ids.includes(one.suggestion_id)));
        }
      } catch (error) {
        for (const each of batch) each.failed(error);
      }
    }
    this.isSending = false;
  }

  /** Those at the front that are the same decision, as many as fit one request. */
  private take(): Waiting[] {
    const taken: Waiting[] = [];
    let size = 0;
    for (const each of this.waiting) {
      if (each.what !== this.waiting[0]?.what || (taken.length > 0 && size + each.ids.length > AT_ONCE))
        break;
      taken.push(each);
      size += each.ids.length;
    }
    this.waiting = this.waiting.slice(taken.length);
    return taken;
  }
}
