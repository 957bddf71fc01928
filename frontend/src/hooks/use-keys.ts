import { useEffect } from 'react';

import { useLatest } from '@/hooks/use-latest';
import { isTyping, usesKeyItself } from '@/canvas/focus';
import { chordOf } from '@/lib/keys';

/**
 * What each chord (`Ctrl+Enter`, `Shift+F`, `?`) does; undefined leaves the key to others. `isRepeat`: the key is
 * only held down.
 */
export type KeyVerbs = Readonly<Record<string, ((isRepeat?: boolean) => unknown) | undefined>>;

/** A field that goes while it has the focus leaves it to the body, behind the dialog that is open. */
function isInDialog(target: HTMLElement): boolean {
  if (target.closest('[role="dialog"]')) return true;
  return target === document.body && document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

/** Hears a page's keys before the canvas does. Fields, dialogs and focused buttons keep theirs. */
export function useKeys(verbs: KeyVerbs): void {
  // What is seen is what a key does.
  const latest = useLatest(verbs);
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const verb = latest.current[chordOf(event)];
      if (!verb || event.defaultPrevented) return;
      const { target } = event;
      const inDialog = target instanceof HTMLElement && isInDialog(target);
      // Chords such as Ctrl+Enter work out of a field too; single letters belong to the field.
      const isChord = event.ctrlKey || event.metaKey;
      if (inDialog || (!isChord && (isTyping(target) || usesKeyItself(target, event)))) return;
      event.preventDefault();
      verb(event.repeat);
    };
    window.addEventListener('keydown', hear, { capture: true });
    return () => window.removeEventListener('keydown', hear, { capture: true });
  }, [latest]);
}
