/** What a person can do with the open task, for keys, buttons and menus alike, and what is said about it. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type Dispatch, type SetStateAction } from 'react';

import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { toastError } from '@/lib/toast';
import type { Label, Project } from '@/types/api';

import { releaseTask, type WorkKind } from './api';
import { flowWords } from './flow-strings';
import { useSubmit, type Notice } from './use-submit';
import { useChecks, type ChecksView } from './work/use-checks';
import type { Compared } from './work/compared';
import type { PageAction } from './work/keys';
import { keepSide, keptSide, type Side } from './work/side';
import type { TaskSession } from './work/task-session';
import type { Workbench } from './work/workbench';

export type Layer = 'help' | 'skip' | 'tags' | 'comments' | 'import' | null;
/** A short word goes by itself after this; one to be read stays. */
const DONE_SHOWN_MS = 1_800;
const WAIT_SHOWN_MS = 5_000;
const GOOD_SHOWN_MS = 10_000;

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
  const search = useSearch({ strict: false }) as { side?: string };
  const [layer, setLayer] = useState<Layer>(null);
  const [side, showSide] = useState<Side>(keptSide);
  const [opened, setOpened] = useState<string | null>(null);
  const [notice, say] = useState<Notice | null>(null);
  const [compared, compare] = useState<Compared | null>(null);
  const checks = useChecks(session, editor, labels, project.settings);

  useEffect(() => {
    if (!notice || (notice.text !== null && !notice.isGood)) return;
    const shownMs = notice.isWait ? WAIT_SHOWN_MS : notice.text === null ? DONE_SHOWN_MS : GOOD_SHOWN_MS;
    const timer = setTimeout(() => say(null), shownMs);
    return () => clearTimeout(timer);
  }, [notice]);
  // A link may ask for the history beside the picture, as that of a test picture does: once a picture.
  const asked = search.side === 'history' ? task.id : null;
  if (asked !== null && asked !== opened) {
    setOpened(asked);
    showSide('history');
  }
  // A revision of one picture is none of the next.
  useEffect(() => () => compare(null), [session]);

  /** Takes back what was said of the picture shown. A short word goes by itself: it is of the one before. */
  const sayNothing = () => say((now) => (now?.text === null && !now.isWait ? now : null));
  const setSide = (wanted: Side) => {
    showSide(wanted);
    keepSide(wanted);
    if (wanted !== 'history') compare(null);
  };
  const goTo = (taskId: string, as: WorkKind = 'label') => {
    sayNothing();
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
  const submit = useSubmit({ project, bench, session, checks, say, sayNothing, next });
  /** A picture that cannot be shown may be skipped; one that is still being opened is not the one meant. */
  const isOpening = () => {
    const tooEarly = bench.tooEarly({ needsPicture: false });
    if (tooEarly) say({ title: tooEarly, text: null, isWait: true });
    return tooEarly !== null;
  };
  const skip = (reason: string) => {
    setLayer(null);
    if (isOpening()) return;
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
    skip: () => !isOpening() && toggle('skip')(),
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
