/** What a person can do with the open task, for keys, buttons and menus alike, and what is said about it. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type Dispatch, type SetStateAction } from 'react';

import { ApiError } from '@/lib/api-error';
import { isTyping } from '@/lib/keys';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { toastError } from '@/lib/toast';
import type { Label, Project } from '@/types/api';

import { releaseTask, type WorkKind } from './api';
import { flowWords } from './flow-strings';
import { annotateWords as words } from './strings';
import { useChecks, type ChecksView } from './work/use-checks';
import type { Compared } from './work/compared';
import type { PageAction } from './work/keys';
import { markSubmit } from './work/marks';
import { keepSide, keptSide, type Side } from './work/side';
import type { SubmitResult } from './work/submitting';
import type { TaskSession } from './work/task-session';
import type { Workbench } from './work/workbench';

export type Layer = 'help' | 'skip' | 'tags' | 'comments' | 'import' | null;
/** Said over the picture: a message at the edge would lie on the form that it speaks of. */
export type Notice = {
  title: string;
  text: string | null;
  isGood?: boolean;
  /** The picture it speaks of, where that is not the one shown. */
  taskId?: string;
};
/** A short word goes by itself after this; one to be read stays. */
const DONE_SHOWN_MS = 1_800;
const GOOD_SHOWN_MS = 10_000;
/** Longer than the pause before a held key repeats. */
const SAME_SUBMIT_MS = 750;

export type BenchVerbs = {
  verbs: Record<Exclude<PageAction, 'findLabel'>, () => void>;
  layer: Layer;
  setLayer: (layer: Layer) => void;
  side: Side;
  setSide: (side: Side) => void;
  notice: Notice | null;
  say: Dispatch<SetStateAction<Notice | null>>;
  checks: ChecksView;
  /** A revision looked at over the picture. */
  compared: Compared | null;
  compare: (compared: Compared | null) => void;
  goTo: (taskId: string, as?: WorkKind) => void;
  skip: (reason: string) => void;
  submit: (nothingHere?: boolean) => Promise<void>;
  /** One's own submit, taken back, goes to its review again as it was. */
  putBack: () => void;
};

type Given = {
  project: Project;
  bench: Workbench;
  session: TaskSession;
  labels: ReadonlyMap<string, Label>;
};

export function useBenchVerbs({ project, bench, session, labels }: Given): BenchVerbs {
  const { editor } = bench;
  const { task } = session;
  const navigate = useNavigate();
  const [layer, setLayer] = useState<Layer>(null);
  const [side, showSide] = useState<Side>(keptSide);
  const [notice, say] = useState<Notice | null>(null);
  const [compared, compare] = useState<Compared | null>(null);
  const submittedAt = useRef(-Infinity);
  const checks = useChecks(session, editor, labels, project.settings);

  useEffect(() => {
    if (!notice || (notice.text !== null && !notice.isGood)) return;
    const timer = setTimeout(() => say(null), notice.text === null ? DONE_SHOWN_MS : GOOD_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  // A revision of one picture is none of the next.
  useEffect(() => () => compare(null), [session]);

  /** Takes back what was said of the picture shown; what is said of another one stays until that is opened. */
  const sayNothing = (openedId = task.id) =>
    say((now) => (now?.taskId !== undefined && now.taskId !== openedId ? now : null));
  /** The second half of a double click, or a key held down, must not submit the picture that comes. */
  const isSameSubmit = () => {
    const before = submittedAt.current;
    submittedAt.current = performance.now();
    return submittedAt.current - before < SAME_SUBMIT_MS;
  };
  /** The same picture is still there: asked once more, it is meant. */
  const again = () => {
    submittedAt.current = -Infinity;
  };
  const setSide = (wanted: Side) => {
    showSide(wanted);
    keepSide(wanted);
    if (wanted !== 'history') compare(null);
  };
  const goTo = (taskId: string, as: WorkKind = 'label') => {
    sayNothing(taskId);
    // The address follows when the picture is painted: the router's work must not stand in its way.
    void bench.open(taskId, as).then(() => {
      if (!bench.isWanted(taskId, as)) return;
      void navigate({ to: paths.annotate(project.id, taskId), search: as === 'label' ? {} : { as } });
    });
  };
  const next = async () => {
    try {
      const id = await bench.nextId();
      if (id) goTo(id);
      else void navigate({ to: paths.annotate(project.id) });
    } catch (error) {
      toastError(error);
    }
  };
  const submit = async (nothingHere = false) => {
    if (isSameSubmit()) return;
    // A field writes what was typed when it is left: that belongs to this submit.
    if (isTyping(document.activeElement)) (document.activeElement as HTMLElement).blur();
    const { phase, isPictureReady } = bench.getView();
    if (phase !== 'ready' || !isPictureReady) return again();
    sayNothing();
    if (session.getView().isSubmitting) return;
    if (!nothingHere && checks.stop()) return again();
    markSubmit();
    if (bench.mayLeave(session)) {
      const answer = bench.submitBehind(session, nothingHere);
      void next();
      return heard(await answer);
    }
    const result = await session.submit(nothingHere);
    if (result.kind !== 'done') again();
    if (result.kind === 'done') {
      bench.submitted(task, result.progress);
      say({ title: task.mode === 'review' ? words.approved : words.submitted, text: null });
      if (task.mode === 'review') void navigate({ to: paths.review(project.id) });
      else await next();
    } else if (result.kind === 'refused') checks.refuse(result.fields);
    else if (result.kind === 'not-saved' || result.kind === 'offline')
      say({ title: words.notSubmitted, text: words.notSavedYet });
    else if (result.kind === 'failed' && !result.error.isSignedOut) {
      say({ title: words.notSubmitted, text: result.error.message });
    }
  };
  /** What became of a submit that was not waited for. */
  const heard = (result: SubmitResult) => {
    if (result.kind === 'done') {
      // Something to be read must not be wiped away by good news.
      return say((now) => (now?.text != null ? now : { title: words.submitted, text: null }));
    }
    const text = whyNot(result);
    again();
    if (bench.hasLeft) toastError(new ApiError(0, { message: text }), words.notSubmittedOf(task.asset.name));
    else say({ title: words.notSubmittedOf(task.asset.name), text, taskId: task.id });
  };
  const skip = (reason: string) => {
    setLayer(null);
    session
      .skip(reason)
      .then(() => bench.settled(task))
      .then(next, (error: unknown) => toastError(error));
  };
  const putBack = async () => {
    if (!task.assignment) return;
    try {
      await session.settle();
      await releaseTask(task.assignment.id);
      bench.settled(task);
      say({ title: flowWords.isBack, text: null });
      await next();
    } catch (error) {
      toastError(error);
    }
  };
  const carryOn = async () => {
    const chosen = editor.selectedRegions();
    const regions = chosen.length > 0 ? chosen : [...editor.document.state.regions.values()];
    if (regions.length === 0)
      return say({ title: flowWords.nothingToCarry, text: flowWords.nothingToCarryAbout });
    try {
      const carried = await bench.carryOn(regions);
      if (!carried) return say({ title: flowWords.endOfSeries, text: flowWords.endOfSeriesAbout });
      void navigate({ to: paths.annotate(project.id, carried.id), search: {} });
      const title = flowWords.carried(plural(carried.count, 'object'));
      say({
        title,
        text: flowWords.carriedAbout(regions.length - carried.count, task.asset.name),
        isGood: true,
      });
    } catch (error) {
      toastError(error);
    }
  };
  const toggle = (wanted: Exclude<Layer, null>) => () => setLayer(layer === wanted ? null : wanted);
  const beside = (wanted: Exclude<Side, null>) => () => setSide(side === wanted ? null : wanted);
  const previous = () => {
    const { previousId } = bench.getView();
    if (previousId) goTo(previousId);
  };

  const verbs = useSteady({
    submit: () => void submit(),
    nextTask: () => void next(),
    previousTask: previous,
    skip: toggle('skip'),
    help: toggle('help'),
    tags: toggle('tags'),
    comments: toggle('comments'),
    guidelines: beside('guidelines'),
    history: beside('history'),
    checks: checks.toggle,
    carryOn: () => void carryOn(),
  });
  return {
    verbs,
    layer,
    setLayer,
    side,
    setSide,
    notice,
    say,
    checks,
    compared,
    compare,
    goTo,
    skip,
    submit,
    putBack: () => void putBack(),
  };
}

function whyNot(result: Exclude<SubmitResult, { kind: 'done' }>): string {
  if (result.kind === 'refused') return result.message;
  if (result.kind === 'failed' && !result.error.isTransient) return result.error.message;
  return result.kind === 'conflict' ? words.notSubmittedElsewhere : words.notSubmittedYet;
}

/** The same functions for good, each doing what the latest of its name does: what holds them is not drawn again. */
function useSteady<T extends Record<string, () => void>>(verbs: T): T {
  const [held] = useState(() => steadyOf(verbs));
  useEffect(() => held.follow(verbs));
  return held.steady;
}

function steadyOf<T extends Record<string, () => void>>(verbs: T): { steady: T; follow: (verbs: T) => void } {
  let latest = verbs;
  const steady = Object.fromEntries(Object.keys(verbs).map((name) => [name, () => latest[name]?.()])) as T;
  return { steady, follow: (next) => void (latest = next) };
}
