import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';

import { toastError } from '@/lib/toast';

import { decide, findingsKey, findingsQuery, undo, type Filters, type Finding, type Verdict } from './api';
import { confirmed, decided, moved, refused, shownFindings, START, takenBack } from './desk-state';
import { labelErrorWords as words } from './strings';

/** More are fetched when fewer than this are left below. */
const LOW = 12;

/** The findings that fit the filters, where one is among them, and what was decided: at once here, then on the server. */
export function useDesk(projectId: string, filters: Filters) {
  const cache = useQueryClient();
  const query = useInfiniteQuery(findingsQuery(projectId, filters));
  const [state, setState] = useState(START);
  // A decision may be taken back before the server has answered it.
  const answers = useRef(new Map<string, Promise<Finding>>());
  const listed = useMemo(() => query.data?.pages.flatMap((page) => page.results) ?? [], [query.data]);
  const findings = useMemo(() => shownFindings(listed, state), [listed, state]);
  const at = Math.min(state.at, Math.max(0, findings.length - 1));
  const here = findings[at];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const isLow = findings.length - at < LOW && hasNextPage && !isFetchingNextPage && !query.isError;

  const makeOld = () => cache.invalidateQueries({ queryKey: findingsKey(projectId) });

  const say = async (finding: Finding, verdict: Verdict) => {
    setState((was) => decided({ ...was, at }, { finding, verdict }, findings.length));
    const answer = decide(finding, verdict);
    answers.current.set(finding.id, answer);
    try {
      const told = await answer;
      setState((was) => confirmed(was, told));
    } catch (error) {
      setState((was) => refused(was, finding.id));
      toastError(error, words.notDecided);
    } finally {
      answers.current.delete(finding.id);
      void makeOld();
    }
  };

  const takeBack = async () => {
    const last = state.decisions.at(-1)?.finding;
    if (!last) return;
    const newest = await (answers.current.get(last.id) ?? Promise.resolve(last)).catch(() => null);
    if (!newest) return; // It was refused, told, and is shown again: nothing is left to take back.
    try {
      const told = await undo(newest);
      setState((was) => takenBack(was, told, listed));
    } catch (error) {
      toastError(error, words.notUndone);
    } finally {
      void makeOld();
    }
  };

  return {
    query,
    findings,
    at,
    here,
    decisions: state.decisions.length,
    hasMore: hasNextPage,
    more: () => void fetchNextPage(),
    isLow,
    go: (by: number) => setState((was) => moved({ ...was, at }, by, findings.length)),
    goTo: (to: number) => setState((was) => ({ ...was, at: to })),
    say: (verdict: Verdict) => (here ? say(here, verdict) : undefined),
    takeBack,
  };
}

export type Desk = ReturnType<typeof useDesk>;
