import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Whether a page answers at this address: what is not built yet is not offered. */
export function useHasRoute(): (to: string) => boolean {
  const router = useRouter();
  return useCallback(
    (to: string) => {
      const path = to.split('?')[0] ?? to;
      return router.getMatchedRoutes(path)[2] !== undefined;
    },
    [router],
  );
}
