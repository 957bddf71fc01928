/** Calls about what is labelled next, what that saved, and the map of the pictures. */
import { queryOptions } from '@tanstack/react-query';

import { api, idempotent, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type LearningState = Schemas['LearningState'];
export type Selection = Schemas['Selection'];
export type DrawRequest = Schemas['SelectionCreateRequest'];

const byProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const stateQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['learning-state', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/learning-state', byProject(projectId))),
  });

export const selectionsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['selections', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/selections', byProject(projectId))),
    select: (page) => page.results,
  });

export const batchDraw = (projectId: string, body: DrawRequest, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/selections', {
      ...byProject(projectId),
      body,
      headers: idempotent(key),
    }),
  );
