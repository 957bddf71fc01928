/** Lines for the person: returned work, finished jobs, what was assigned. */
import { useQuery } from '@tanstack/react-query';

import { useAction } from '@/hooks/use-action';
import { request } from '@/lib/api-client';
import type { Page } from '@/lib/paging';
import type { Notice } from '@/types/api';

export function useNotices() {
  return useQuery({
    queryKey: ['notices'],
    queryFn: () => request<Page<Notice>>('GET', '/notices', { query: { page_size: 30 } }),
    select: (page) => page.results,
    refetchInterval: 120_000,
  });
}

export function useMarkRead() {
  return useAction({
    run: (which: { ids: string[] } | { all: true }) => request('POST', '/notices/read', { body: which }),
    makesOld: [['notices']],
  });
}
