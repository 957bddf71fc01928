import { useEffect, useRef } from 'react';

import { isTyping, usesKeyItself } from '@/lib/keys';

import { pageActionOf, type PageAction } from './work/keys';

type Now = { isVideo: boolean; isEditable: boolean; isBusy?: boolean };
type Verbs = Partial<Record<PageAction, () => unknown>>;

/** Hears the page's keys before the canvas does. Verbs that are not given leave the key to others. */
export function usePageKeys(now: Now, verbs: Verbs): void {
  const latest = useRef({ now, verbs });
  useEffect(() => {
    latest.current = { now, verbs };
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const { now, verbs } = latest.current;
      if (event.defaultPrevented || event.repeat === undefined) return;
      const action = pageActionOf(event, now);
      const verb = action && verbs[action];
      if (!verb) return;
      // Submit works out of a field too; single letters belong to the field.
      const isChord = event.ctrlKey || event.metaKey;
      if (!isChord && (isTyping(event.target) || usesKeyItself(event.target, event.key))) return;
      if (isChord && event.target instanceof HTMLElement && event.target.closest('[role="dialog"]')) return;
      event.preventDefault();
      if (!now.isBusy) verb();
    };
    window.addEventListener('keydown', hear, { capture: true });
    return () => window.removeEventListener('keydown', hear, { capture: true });
  }, []);
}
