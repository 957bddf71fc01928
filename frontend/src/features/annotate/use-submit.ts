/** Submitting the open picture: waited for or behind the next one, once a press, and what is said of it. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { isTyping } from '@/canvas/focus';
import { paths } from '@/lib/paths';
import { toastDone } from '@/lib/toast';
import type { Project } from '@/types/api';

import { annotateWords as words } from './strings';
import type { BehindResult } from './work/behind';
import { markSubmit } from './work/marks';
import { OnePress } from './work/one-press';
import { untaken } from './work/untaken';
import type { ChecksView } from './work/use-checks';
import type { TaskSession } from './work/task-session';
import type { Workbench } from './work/workbench';

/** Said over the picture: a message at the edge would lie on the form that it speaks of. */
export type Notice = {
  title: string;
  /** Null: a short word that goes by itself. */
  text: string | null;
  isGood?: boolean;
  /** Of something that did not happen; a short word is good news otherwise. */
  isWait?: boolean;
};

type Given = {
  project: Project;
  bench: Workbench;
  session: TaskSession;
  checks: ChecksView;
  say: (notice: Notice) => void;
  /** Takes back what was said of the picture shown. */
  sayNothing: () => void;
  next: () => Promise<void>;
};

export function useSubmit({ project, bench, session, checks, say, sayNothing, next }: Given) {
  const navigate = useNavigate();
  const [press] = useState(() => new OnePress());
  useEffect(() => press.watch(window), [press]);
  const { task } = session;

  const waitedFor = async (nothingHere: boolean) => {
    const result = await session.submit(nothingHere);
    // The same picture is still there: asked once more, it is meant.
    if (result.kind !== 'done') press.forget();
    if (result.kind === 'done') {
      bench.submitted(task, result.progress);
      if (task.mode === 'review') {
        // Said where the reviewer is by then.
        toastDone(words.approved);
        return void navigate({ to: paths.review(project.id) });
      }
      say({ title: words.submitted, text: null });
      await next();
    } else if (result.kind === 'refused') checks.refuse(result.fields);
    else if (result.kind === 'not-saved' || result.kind === 'offline')
      say({ title: words.notSubmitted, text: words.notSavedYet });
    else if (result.kind === 'failed' && !result.error.isSignedOut) {
      say({ title: words.notSubmitted, text: result.error.message });
    }
  };
  const notTaken = (title: string, text: string) =>
    untaken.add({ taskId: task.id, projectId: project.id, name: task.asset.name, title, text });
  /** What became of a submit that was not waited for. The person may be anywhere by now. */
  const heard = (result: BehindResult) => {
    const { id: taskId, asset } = task;
    if (result.kind === 'parted' || result.kind === 'recalled') return;
    if (result.kind === 'done') {
      untaken.settle(taskId);
      return say({ title: words.submitted, text: null });
    }
    notTaken(words.notSubmittedOf(asset.name), whyNot(result));
  };
  const takesLong = () => notTaken(words.notYetSubmittedOf(task.asset.name), words.notYetSubmittedAbout);

  return async (nothingHere = false): Promise<void> => {
    // The second half of a double click, or a key held down, must not submit the picture that comes.
    if (press.isSame()) return;
    // A field writes what was typed when it is left: that belongs to this submit.
    if (isTyping(document.activeElement)) (document.activeElement as HTMLElement).blur();
    const tooEarly = bench.tooEarly();
    if (tooEarly) {
      press.forget();
      return say({ title: tooEarly, text: null, isWait: true });
    }
    sayNothing();
    if (session.getView().isSubmitting) return;
    if (!nothingHere && checks.stop()) return press.forget();
    markSubmit();
    if (!bench.mayLeave(session)) return waitedFor(nothingHere);
    const answer = bench.submitBehind(session, nothingHere, takesLong);
    void next();
    heard(await answer);
  };
}

function whyNot(result: Exclude<BehindResult, { kind: 'done' | 'parted' | 'recalled' }>): string {
  if (result.kind === 'refused') return result.message;
  if (result.kind === 'failed' && !result.error.isTransient) return result.error.message;
  return result.kind === 'conflict' ? words.notSubmittedElsewhere : words.notSubmittedYet;
}
