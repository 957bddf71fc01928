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
  /** In this order: what is taken back may be decided again. */
  const sendAll = (back: readonly string[], again: readonly (readonly [GridVerdict, string[]])[]) =>
    Promise.all([
      ...(back.length > 0 ? [sender.send(back, 'undo')] : []),
      ...again.map(([verdict, aimed]) => sender.send(aimed, verdict)),
    ]);
  const decide = async (verdict: GridVerdict, aimed: string[]) => {
    const changed = aimed.filter((id) => verdicts.get(id) !== verdict);
    const back = changed.filter((id) => verdicts.has(id));
    const key = (lastKey.current += 1);
    setState((was) => decided(was, { key, ids: changed, verdict, at: Date.now() }, ids));
    if (changed.length === 0) return;
    for (const id of changed) unsent.current.delete(id);
    try {
      const skipped = (await sendAll(back, [[verdict, changed]])).at(-1) ?? [];
      if (skipped.length === 0) return;
      setState((now) => withoutIds(now, new Set(skipped.map((each) => each.suggestion_id)), key));
      toastError(new Error(words.skipped(skipped.length, skipped[0]?.reason ?? '')), words.notDecided);
      void refetch();
    } catch (error) {
      for (const id of changed) unsent.current.add(id);
      setState((now) => withoutIds(now, new Set(changed), back.length > 0 ? undefined : key));
      toastError(error, words.notDecided);
    }
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
      await sendAll(last.ids, again);
    } catch (error) {
      const standing = last.ids.filter((id) => !unsent.current.has(id));
      if (standing.length === 0) return;
      setState((now) => ({ ...now, batches: [...now.batches, { ...last, ids: standing }] }));
      toastError(error, 'Could not undo');
    }
  };
  return { decide, undo };
}
