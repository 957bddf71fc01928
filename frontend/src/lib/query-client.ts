/** The query cache: quiet retries for what may heal by itself, none for what a person must change. */
import { QueryClient } from '@tanstack/react-query';

import { toApiError } from '@/lib/api-error';

const STALE_MS = 15_000; // events announce changes; this bounds what a missed one costs
const RETRIES_MAX = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (failures, error) => toApiError(error).isTransient && failures < RETRIES_MAX,
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4000),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}
