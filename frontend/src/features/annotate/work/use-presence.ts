/** Says that this page has a task open, and hears who else has. */
import { useEffect, useRef, useState } from 'react';

import { useEvent } from '@/hooks/use-event';
import type { Present } from '@/types/annotation';

import { presenceEnd, presenceNote } from '../api';

/** The server forgets a page after 30 s: one lost word is forgiven. */
const SAY_EVERY_MS = 12_000;
const COURTESY_MS = 250;

/** The other open pages of the task; empty while that is not known. */
export function usePresence(taskId: string, tab: string): readonly Present[] {
  const [present, setPresent] = useState<readonly Present[]>([]);
  const sayAgain = useRef<() => void>(() => undefined);
  useEffect(() => {
    let isOver = false;
    // Presence is a courtesy: where it fails nothing is said, and the next beat tries again.
    const say = () =>
      presenceNote(taskId, tab).then(
        (all) => !isOver && setPresent(all.filter((each) => each.tab !== tab)),
        () => undefined,
      );
    const leave = () => presenceEnd(taskId, tab).catch(() => undefined);
    sayAgain.current = () => void say();
    // The picture comes first: words between pages may wait until it is painted.
    const first = setTimeout(() => void say(), COURTESY_MS);
    const timer = setInterval(() => void say(), SAY_EVERY_MS);
    const end = new AbortController();
    const { signal } = end;
    window.addEventListener('pagehide', () => void leave(), { signal });
    window.addEventListener('pageshow', (event) => event.persisted && void say(), { signal });
    return () => {
      isOver = true;
      end.abort();
      clearTimeout(first);
      clearInterval(timer);
      setPresent([]);
      setTimeout(() => void leave(), COURTESY_MS);
    };
  }, [taskId, tab]);
  useEvent('presence', ({ data }) => {
    if (data.task_id === taskId) sayAgain.current();
  });
  return present;
}
