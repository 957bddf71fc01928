import { useEffect } from 'react';

import { useLatest } from '@/hooks/use-latest';

/** The browser asks before the page is closed while `isBusy` says that something has not been sent yet. */
export function useLeaveWarning(isBusy: () => boolean): void {
  const latest = useLatest(isBusy);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (latest.current()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [latest]);
}
