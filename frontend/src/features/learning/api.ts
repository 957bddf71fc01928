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

export type SavingsState = Schemas['Savings'];
export type Measured = NonNullable<SavingsState['measured']>;
export type Share = Schemas['Share'];
export type SavingsPoint = Schemas['SavingsPoint'];
export type PictureMap = Schemas['Map'];
export type MapColumns = NonNullable<PictureMap['columns']>;

export const savingsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['savings', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/savings', byProject(projectId))),
  });

export const savingsMeasure = (projectId: string, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/savings', {
      ...byProject(projectId),
      headers: idempotent(key),
    }),
  );

/** Up to 20,000 pictures: fetched when the map is opened, kept until a new one is made. */
export const mapQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['picture-map', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/map', byProject(projectId))),
    staleTime: 60_000,
  });

export const mapMake = (projectId: string, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/map', { ...byProject(projectId), headers: idempotent(key) }),
  );

export const mapQueue = (projectId: string, assetIds: string[]) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/map/queue', {
      ...byProject(projectId),
      body: { asset_ids: assetIds },
    }),
  );

export type DefectState = Schemas['DefectState'];
export type DefectFindings = NonNullable<DefectState['findings']>;
export type Suspect = Schemas['Suspect'];

export const defectsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['defects', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/defects', byProject(projectId))),
  });

export const defectsLook = (projectId: string, labelId: string, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/defects', {
      ...byProject(projectId),
      body: { label_id: labelId },
      headers: idempotent(key),
    }),
  );

export const defectsSuggest = (projectId: string) =>
  unwrap(api.POST('/api/v1/projects/{project_id}/defects/suggestions', byProject(projectId)));

export type DriftState = Schemas['DriftState'];
export type DriftSource = Schemas['DriftSource'];
export type DriftMeasure = Schemas['DriftMeasure'];

export const driftQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['drift', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/drift', byProject(projectId))),
  });

export const driftLook = (projectId: string, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/drift', { ...byProject(projectId), headers: idempotent(key) }),
  );
