/** Lines for the person: returned work, finished jobs, what was assigned. */
import { useQuery } from '@tanstack/react-query';

import { useAction } from '@/hooks/use-action';
import { api, unwrap } from '@/lib/api-client';

export function useNotices() {
  return useQuery({
    queryKey: ['notices'],
    queryFn: () => unwrap(api.GET('/api/v1/notices', { params: { query: { page_size: 30 } } })),
    select: (page) => page.results,
    refetchInterval: 120_000,
  });
}

/** Some of one's notices, or all of them. */
export function useMarkRead() {
  return useAction({
    run: (ids: string[] | 'all') =>
      unwrap(api.POST('/api/v1/notices/read', { body: { ids: ids === 'all' ? null : ids } })),
    makesOld: [['notices']],
  });
}
