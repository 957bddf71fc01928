/** What the page's own life means for unsent work: out of sight, gone, back, online again. */
import type { Journal } from './journal';
import type { Outbox } from './outbox';

/** Watches the window for one open task. Returns the way to stop. */
export function watchPage(outbox: () => Outbox | null, journal: Journal): () => void {
  const end = new AbortController();
  const { signal } = end;
  window.addEventListener('online', () => outbox()?.resume(), { signal });
  // On a phone being out of sight is often the last that a page hears.
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'hidden') outbox()?.part();
      else outbox()?.resume();
    },
    { signal },
  );
  window.addEventListener('pagehide', () => outbox()?.part(), { signal });
  window.addEventListener(
    'beforeunload',
    (event) => {
      if (outbox()?.isLoose || journal.isLoose) event.preventDefault();
    },
    { signal },
  );
  return () => end.abort();
}
