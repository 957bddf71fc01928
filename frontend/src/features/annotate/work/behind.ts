/**
 * Submits whose answers are not waited for: the next picture is shown at once, and a person hears of the former
 * one only where it was not taken. Nothing hangs on the answer: what was drawn is in the draft or the journal.
 */
import type { SubmitResult } from './submitting';

/** One open task, as far as its submit goes. */
export type Submittable = {
  readonly task: { readonly id: string; readonly assignment: { readonly id: string } | null };
  readonly mayLeave: boolean;
  letGo(): void;
  submitLetGo(nothingHere: boolean): Promise<SubmitResult>;
  end(isDone: boolean): void;
};

/** A line that drops for a moment is tried again after these; the server knows the same submit again. */
const AGAIN_MS = [1_500, 4_000, 10_000];

export class Behind {
  private readonly running = new Map<string, Promise<SubmitResult>>();
  /** Works whose own outboxes are still at it. */
  readonly assignmentIds = new Set<string>();
  /** Refused or lost once: the next submit of these is waited for, so that its answer meets the picture. */
  private readonly waitFor = new Set<string>();

  constructor(private readonly pause: (ms: number) => Promise<void> = later) {}

  /** Whether the answer need not be waited for. */
  mayLeave(session: Submittable): boolean {
    return session.mayLeave && !this.waitFor.has(session.task.id);
  }

  submit(session: Submittable, nothingHere: boolean): Promise<SubmitResult> {
    const { id, assignment } = session.task;
    if (assignment) this.assignmentIds.add(assignment.id);
    const running = this.submitUntilHeard(session, nothingHere).finally(() => {
      this.running.delete(id);
      if (assignment) this.assignmentIds.delete(assignment.id);
    });
    this.running.set(id, running);
    return running;
  }

  private async submitUntilHeard(session: Submittable, nothingHere: boolean): Promise<SubmitResult> {
    session.letGo();
    let result = await session.submitLetGo(nothingHere);
    for (const ms of AGAIN_MS) {
      if (!mayPass(result)) break;
      await this.pause(ms);
      result = await session.submitLetGo(nothingHere);
    }
    if (result.kind !== 'done') this.waitFor.add(session.task.id);
    session.end(result.kind === 'done');
    return result;
  }

  /** Resolves when no submit of this picture is on its way: it must not be opened in between. */
  async over(taskId: string): Promise<void> {
    await this.running.get(taskId);
  }
}

const mayPass = (result: SubmitResult): boolean =>
  result.kind === 'offline' || (result.kind === 'failed' && result.error.isTransient);

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
