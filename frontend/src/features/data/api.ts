/** Calls about the grid of pictures, what is known of one of them, and what is done with several. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { bodyOf, searchOf, type Filters, type Order } from '@/features/data/filters';
import { api, idempotent, request, unwrap } from '@/lib/api-client';
import { cursorOf } from '@/lib/paging';
import type { Schemas } from '@/types/api';

export type AssetRow = Schemas['AssetRow'];
export type Facets = Schemas['Facets'];
export type Slice = Schemas['Slice'];
export type TaskState = NonNullable<AssetRow['task']>['state'];

export const PAGE_SIZE = 60;
const byProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });
const byAsset = (assetId: string) => ({ params: { path: { asset_id: assetId } } });

export const assetsQuery = (projectId: string, filters: Filters, order: Order) =>
  infiniteQueryOptions({
    queryKey: ['assets', projectId, filters, order],
    // By path: `meta.<key>` filters are not in the schema.
    queryFn: ({ pageParam, signal }) =>
      request<Schemas['AssetPage']>('GET', `/projects/${projectId}/assets`, {
        query: { ...searchOf(filters), order, page_size: PAGE_SIZE, cursor: pageParam },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => cursorOf(last.next),
  });

export const facetsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['assets', projectId, 'facets'],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/facets', byProject(projectId))),
    staleTime: 15_000,
  });

export const slicesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['slices', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/slices', byProject(projectId))),
    select: (page) => page.results,
  });

export const sliceCreate = (projectId: string, name: string, filters: Filters, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/slices', {
      ...byProject(projectId),
      body: { name, filters: bodyOf(filters) },
      headers: idempotent(key),
    }),
  );

export const sliceRename = (sliceId: string, name: string) =>
  unwrap(api.PATCH('/api/v1/slices/{slice_id}', { params: { path: { slice_id: sliceId } }, body: { name } }));

export const sliceDelete = (sliceId: string) =>
  unwrap(api.DELETE('/api/v1/slices/{slice_id}', { params: { path: { slice_id: sliceId } } }));

export const assetQuery = (assetId: string) =>
  queryOptions({
    queryKey: ['asset', assetId],
    queryFn: () => unwrap(api.GET('/api/v1/assets/{asset_id}', byAsset(assetId))),
  });

export const nearCopiesQuery = (projectId: string, assetId: string) =>
  queryOptions({
    queryKey: ['assets', projectId, 'near-copies', assetId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/assets/{asset_id}/near-copies', {
          params: { path: { asset_id: assetId }, query: { project_id: projectId } },
        }),
      ),
    select: (found) => found.results,
  });

const byTask = (taskId: string) => ({ params: { path: { task_id: taskId } } });

/** The task with its objects; read only. */
export const taskQuery = (projectId: string, taskId: string) =>
  queryOptions({
    queryKey: ['tasks', projectId, 'objects', taskId],
    queryFn: () => unwrap(api.GET('/api/v1/tasks/{task_id}', byTask(taskId))),
    staleTime: 60_000,
  });

export const historyQuery = (projectId: string, taskId: string) =>
  queryOptions({
    queryKey: ['tasks', projectId, 'history', taskId],
    queryFn: () => unwrap(api.GET('/api/v1/tasks/{task_id}/revisions', byTask(taskId))),
  });

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project-members', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/members', byProject(projectId))),
  });

export const assetsExclude = (projectId: string, assetIds: string[], reason: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/assets/exclude', {
      ...byProject(projectId),
      body: { asset_ids: assetIds, reason },
    }),
  );

export const assetsInclude = (projectId: string, assetIds: string[]) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/assets/include', {
      ...byProject(projectId),
      body: { asset_ids: assetIds },
    }),
  );

/** The tasks of a row: one, or each part of a long video. */
export const tasksOf = ({ task }: AssetRow): { id: string; state: TaskState }[] =>
  task === null ? [] : task.parts.length > 0 ? task.parts : [task];

/** Make approved pictures ground truth; those that cannot be are told with the reason. */
export const truthMark = (projectId: string, taskIds: string[]) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/truth', {
      ...byProject(projectId),
      body: { task_ids: taskIds },
      headers: idempotent(),
    }),
  );

/** Ask so many people to label each picture on their own. */
export const tasksPeople = (projectId: string, taskIds: string[], people: number, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/tasks/people', {
      ...byProject(projectId),
      body: { task_ids: taskIds, people },
      headers: idempotent(key),
    }),
  );

/** Frames from which on a video becomes several tasks, and what they share; 0: one task again. */
export const videoPartsSet = (projectId: string, asset_id: string, frames: number, overlap: number) =>
  unwrap(
    api.PUT('/api/v1/projects/{project_id}/videos/{asset_id}/parts', {
      params: { path: { project_id: projectId, asset_id } },
      body: { frames, overlap },
    }),
  );

export const assetsAssign = (
  projectId: string,
  body: { asset_ids: string[]; user_id: string | null; due_at: string | null },
  key: string,
) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/tasks/assign', {
      ...byProject(projectId),
      body,
      headers: idempotent(key),
    }),
  );

export const importStart = (projectId: string, body: Schemas['ImportCreateRequest'], key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/imports', {
      ...byProject(projectId),
      body,
      headers: idempotent(key),
    }),
  );
