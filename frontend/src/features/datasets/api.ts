/** Calls about frozen dataset versions. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import { cursorOf } from '@/lib/paging';
import type { Schemas } from '@/types/api';

export type Dataset = Schemas['Dataset'];
export type DatasetItem = Schemas['DatasetItem'];
export type Diff = Schemas['DatasetDiff'];
export type Split = DatasetItem['split'];

const FREEZING_POLL_MS = 2_000;
const ITEMS_PAGE = 60;
const byProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const datasetsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['datasets', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/datasets', byProject(projectId))),
    refetchInterval: (query) =>
      query.state.data?.results.some(({ state }) => state === 'freezing') ? FREEZING_POLL_MS : false,
  });

export const datasetQuery = (projectId: string, datasetId: string) =>
  queryOptions({
    queryKey: ['datasets', projectId, datasetId],
    queryFn: () =>
      unwrap(api.GET('/api/v1/datasets/{version_id}', { params: { path: { version_id: datasetId } } })),
    refetchInterval: (query) => (query.state.data?.state === 'freezing' ? FREEZING_POLL_MS : false),
  });

export const itemsQuery = (projectId: string, datasetId: string, split: Split | '') =>
  infiniteQueryOptions({
    queryKey: ['datasets', projectId, datasetId, 'items', split],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/datasets/{version_id}/items', {
          params: {
            path: { version_id: datasetId },
            query: { page_size: ITEMS_PAGE, cursor: pageParam, split: split || undefined },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => cursorOf(last.next),
  });

/** What changed from the first version to the second. */
export const diffQuery = (projectId: string, fromId: string, toId: string) =>
  queryOptions({
    queryKey: ['datasets', projectId, 'diff', fromId, toId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{version_id}/diff/{other_id}', {
          params: { path: { version_id: fromId, other_id: toId } },
        }),
      ),
    staleTime: Infinity,
  });

export const slicesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['slices', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/slices', byProject(projectId))),
    select: (page) => page.results,
  });
