import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';

export const SITES_KEY = ['sites'];

/** Sites one may see, with their cameras. */
export function useSites() {
  return useQuery({
    queryKey: SITES_KEY,
    queryFn: () => unwrap(api.GET('/api/v1/sites')),
    staleTime: 60_000,
  });
}
