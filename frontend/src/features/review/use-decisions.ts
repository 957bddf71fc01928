import { useRef, useState, type Dispatch, type SetStateAction } from 'react';

import { useLeaveWarning } from '@/hooks/use-leave-warning';
import { toastError } from '@/lib/toast';

import { decideSuggestions, undoSuggestions, type GridVerdict } from './api';
import { decided, undone, verdictsOf, withoutIds, type GridState, type Verdicts } from './grid-state';
import { DecisionSender } from './sender';
import { reviewWords as words } from './strings';

type Given = {
  projectId: string;
  state: GridState;
  setState: Dispatch<SetStateAction<GridState>>;
  verdicts: Verdicts;
  /** Of the crops on the page, in their order. */
  ids: readonly string[];
  refetch: () => Promise<unknown>;
};

/** Deciding crops and taking it back: on the page at once, at the server one after the other. */
export function useDecisions({ projectId, state, setState, verdicts, ids, refetch }: Given) {
  const [sender] = useState(
    () =>
      new DecisionSender({
        decide: (aimed, verdict) => decideSuggestions(projectId, aimed, verdict),
        undo: undoSuggestions,
      }),
  );
  useLeaveWarning(() => sender.isBusy);
  // Decisions that never arrived: taking them back needs no answer of the server, and its failure changes nothing.
  const unsent = useRef(new Set<string>());
  const lastKey = useRef(0);
  const decide = async (verdict: GridVerdict, aimed: string[]) => {
    const changed = aimed.filter((id) => verdicts.get(id) !== verdict);
    const back = changed.filter((id) => verdicts.has(id));
    const key = (lastKey.current += 1);
    setState((was) => decided(was, { key, ids: changed, verdict, at: Date.now() }, ids));
    if (changed.length === 0) return;
    for (const id of changed) unsent.current.delete(id);
    // In this order: what is taken back is decided again. Either may fail by itself.
    const [taken, said] = await Promise.allSettled([
      back.length > 0 ? sender.send(back, 'undo') : Promise.resolve([]),
      sender.send(changed, verdict),
    ]);
    const never = said.status === 'rejected';
    const refused = never ? changed : said.value.map((each) => each.suggestion_id);
    if (refused.length === 0) return;
    // Not taken back: what was decided before stands, and is shown again.
    const kept = new Set(taken.status === 'rejected' ? back : taken.value.map((each) => each.suggestion_id));
    const standing = new Set(refused.filter((id) => kept.has(id)));
    const open = new Set(refused.filter((id) => !kept.has(id)));
    setState((now) => withoutIds(withoutIds(now, standing, key), open, key, true));
    if (never) {
      for (const id of open) unsent.current.add(id);
      toastError(said.reason, words.notDecided);
      return;
    }
    const skipped = new Error(words.skipped(refused.length, said.value[0]?.reason ?? ''));
    toastError(taken.status === 'rejected' ? taken.reason : skipped, words.notDecided);
    void refetch();
  };
  const undo = async () => {
    const last = state.batches.at(-1);
    if (!last) return;
    // Open again at once: a second press takes the decision before it back.
    const before = undone(state, ids);
    setState(before);
    const stood = verdictsOf(before);
    const again = (['accepted', 'rejected'] as const)
      .map((verdict) => [verdict, last.ids.filter((id) => stood.get(id) === verdict)] as const)
      .filter(([, some]) => some.length > 0);
    try {
      // In this order: what is taken back may be decided again.
      await Promise.all([
        sender.send(last.ids, 'undo'),
        ...again.map(([verdict, aimed]) => sender.send(aimed, verdict)),
      ]);
    } catch (error) {
      const standing = last.ids.filter((id) => !unsent.current.has(id));
      if (standing.length === 0) return;
      setState((now) => ({ ...now, batches: [...now.batches, { ...last, ids: standing }] }));
      toastError(error, 'Could not undo');
    }
  };
  return { decide, undo };
}
