/** One question at a time to the provider: a later one makes the earlier answer useless. */

import type { SmartAnswer, SmartProvider, SmartRequest } from './smart-provider';

export type Question = Omit<SmartRequest, 'signal'>;

export class SmartAsking {
  /** In words, why the last question has no answer. */
  failure: string | null = null;
  private abort: AbortController | null = null;

  get isWaiting(): boolean {
    return this.abort !== null;
  }

  /** `tell` hears the answer, or null where it failed; not at all where it is stopped before. */
  ask(provider: SmartProvider, question: Question, tell: (answer: SmartAnswer | null) => void): void {
    this.stop();
    const abort = new AbortController();
    this.abort = abort;
    const settle = (answer: SmartAnswer | null): void => {
      if (abort.signal.aborted) return;
      this.abort = null;
      tell(answer);
    };
    provider.ask({ ...question, signal: abort.signal }).then(settle, (error: unknown) => {
      // Whatever went wrong on the host's side, the person sees it and draws by hand.
      if (!abort.signal.aborted) this.failure = error instanceof Error ? error.message : String(error);
      settle(null);
    });
  }

  stop(): void {
    this.abort?.abort(new DOMException('Not needed any more.', 'AbortError'));
    this.abort = null;
    this.failure = null;
  }
}
