/** The last words of the place in the top line, set by the page that knows them ("Model 6", "dock3.jpg"). */
import { useEffect, useSyncExternalStore } from 'react';

let detail: string | null = null;
const listeners = new Set<() => void>();

function set(next: string | null): void {
  detail = next;
  listeners.forEach((listener) => listener());
}

export function usePageTitle(title: string | null | undefined): void {
  useEffect(() => {
    set(title ?? null);
    return () => set(null);
  }, [title]);
}

export function usePageDetail(): string | null {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => detail,
  );
}
