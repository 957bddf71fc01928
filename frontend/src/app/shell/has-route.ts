import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Whether a page answers at this address: what is not built is not offered. */
export function useHasRoute(): (to: string) => boolean {
  const router = useRouter();
  return useCallback(
    (to: string) => {
      const path = to.split('?')[0] ?? to;
      // The router's own matching is fuzzy: it answers with the nearest parent.
      return Object.keys(router.routesByPath).some((pattern) => patternOf(pattern).test(path));
    },
    [router],
  );
}

const patternOf = (path: string) => new RegExp(`^${path.replace(/\$[A-Za-z]+/g, '[^/]+')}$`);
