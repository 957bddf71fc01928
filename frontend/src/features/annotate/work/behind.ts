/**
 * Submits whose answers are not waited for: the next picture is shown at once, and a person hears of the former
 * one only where it was not taken. One for the whole app: a submit goes on when the person leaves the bench, and
 * what a closed page left in the journal is finished by the next one.
 */
import { onPerson, signedInAs } from '@/lib/person';

import type { SubmitResult } from './submitting';

/** One open task, as far as its submit goes. */
export type Submittable = {
  readonly task: { readonly id: string; readonly assignment: { readonly id: string } | null };
  /** Whose work it is. */
  readonly owner: string;
  readonly mayLeave: boolean;
  letGo(nothingHere: boolean): void;
  submitLetGo(): Promise<SubmitResult>;
  /** `done`: it arrived. `kept`: it is the person's again. `later`: the journal keeps it to be finished. */
  endLetGo(how: 'done' | 'kept' | 'later'): Promise<void>;
};

/** Recalled: the person opened it again before it arrived. Parted: somebody else is signed in now. */
export type BehindResult = SubmitResult | { kind: 'recalled' } | { kind: 'parted' };

/** A line that drops is tried again after these, and after the last one of them for as long as it takes. */
const AGAIN_MS = [1_500, 4_000, 10_000, 30_000];
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** From so many failures on the person is told that it takes long. */
const LONG_TRIES = 3;

type Run = { over: Promise<unknown>; owner: string; recall: () => void };

export class Behind {
  private readonly runs = new Map<string, Run>();
  /** Works whose own outboxes are still at it. */
  readonly assignmentIds = new Set<string>();
  /** Refused or lost once: the next submit of these is waited for, so that its answer meets the picture. */
  private readonly waitFor = new Set<string>();
  private readonly wakes = new Set<() => void>();

  constructor(
    private readonly pause: (ms: number) => Promise<void> = later,
    private readonly person: () => string | null | undefined = signedInAs,
  ) {}

  /** Whether the answer need not be waited for. */
  mayLeave(session: Submittable): boolean {
    return session.mayLeave && !this.waitFor.has(session.task.id);
  }

  /** Pictures whose submits are on their way: not to be handed out again meanwhile. */
  get taskIds(): string[] {
    return [...this.runs.keys()];
  }

  /** `onLong`: it takes long, and goes on by itself. Never throws. */
  submit(
    session: Submittable,
    nothingHere: boolean,
    onLong: () => void = () => undefined,
  ): Promise<BehindResult> {
    const { assignment } = session.task;
    if (assignment) this.assignmentIds.add(assignment.id);
    let isRecalled = false;
    const recall = () => {
      isRecalled = true;
      this.resume();
    };
    session.letGo(nothingHere);
    const run = this.untilHeard(session, () => isRecalled, onLong).finally(() => {
      if (assignment) this.assignmentIds.delete(assignment.id);
    });
    this.note(session.task.id, { over: run, owner: session.owner, recall });
    return run;
  }

  /** Another submit of this picture is on its way, by somebody who finishes what a former page left. */
  during(taskId: string, owner: string, over: Promise<unknown>): void {
    this.note(taskId, { over, owner, recall: () => undefined });
  }

  private note(taskId: string, run: Run): void {
    if (this.runs.size === 0) window.addEventListener('beforeunload', this.ask);
    this.runs.set(taskId, run);
    const forget = () => {
      if (this.runs.get(taskId) === run) this.runs.delete(taskId);
      if (this.runs.size === 0) window.removeEventListener('beforeunload', this.ask);
    };
    void run.over.then(forget, forget);
  }

  /** Work that is not submitted yet: whoever closes the page now should know. */
  private readonly ask = (event: BeforeUnloadEvent): void => {
    const person = this.person();
    const isTheirs = (run: Run) => person === undefined || person === run.owner;
    if ([...this.runs.values()].some(isTheirs)) event.preventDefault();
  };

  private async untilHeard(
    session: Submittable,
    isRecalled: () => boolean,
    onLong: () => void,
  ): Promise<BehindResult> {
    for (let tries = 0; ;) {
      const person = this.person();
      if (person === null) await this.nap(null);
      else if (person !== undefined && person !== session.owner) return this.end(session, 'parted');
      else {
        const result = await session.submitLetGo();
        if (result.kind === 'done') return this.end(session, result);
        const isSignedOut = result.kind === 'failed' && result.error.isSignedOut;
        if (!isSignedOut && !mayPass(result)) return this.end(session, result);
        if (isRecalled()) return this.end(session, 'recalled');
        tries += 1;
        if (tries === LONG_TRIES && !isSignedOut) onLong();
        await this.nap(isSignedOut ? null : (AGAIN_MS[tries - 1] ?? AGAIN_MS.at(-1) ?? 0));
      }
      if (isRecalled()) return this.end(session, 'recalled');
    }
  }

  private async end(session: Submittable, how: SubmitResult | 'recalled' | 'parted'): Promise<BehindResult> {
    const { id } = session.task;
    const result = typeof how === 'string' ? { kind: how } : how;
    if (result.kind === 'done') this.waitFor.delete(id);
    else this.waitFor.add(id);
    await session.endLetGo(result.kind === 'done' ? 'done' : result.kind === 'parted' ? 'later' : 'kept');
    return result;
  }

  /** A pause that ends early where something changed: the line is back, the person is, or they want the picture. */
  private async nap(ms: number | null): Promise<void> {
    const end = new AbortController();
    const woken = new Promise<void>((wake) => {
      this.wakes.add(wake);
      const off = onPerson(wake);
      window.addEventListener('online', () => wake(), { signal: end.signal });
      end.signal.addEventListener('abort', () => {
        off();
        this.wakes.delete(wake);
      });
    });
    await Promise.race(ms === null ? [woken] : [woken, this.pause(ms)]);
    end.abort();
  }

  /** Whatever waits is tried now. */
  resume(): void {
    for (const wake of [...this.wakes]) wake();
  }

  /**
   * Resolves when no submit of this picture is on its way: it must not be opened in between. One that is only
   * waiting to be tried again is called off. Answers whether there was one.
   */
  async over(taskId: string): Promise<boolean> {
    const run = this.runs.get(taskId);
    run?.recall();
    await run?.over.catch(() => undefined);
    return run !== undefined;
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.runs.values()].map((run) => run.over));
  }
}

/** The app's own. */
export const behind = new Behind();

const mayPass = (result: SubmitResult): boolean =>
  result.kind === 'offline' || (result.kind === 'failed' && result.error.isTransient);
