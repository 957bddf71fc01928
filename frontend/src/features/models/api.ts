/** Calls about models, their trainings and what labels brought. */
import { queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Model = Schemas['Model'];
export type ModelRow = Schemas['ModelRow'];
export type Gate = Schemas['Gate'];
export type Training = Schemas['Training'];
export type CurvePoint = Schemas['CurvePoint'];
export type Mapping = Schemas['Binding']['mapping'];
export type Dataset = Schemas['Dataset'];
export type Checkpoint = Schemas['Checkpoint'];
export type StartingWeights = Schemas['StartingWeights'];
export type Comparison = Schemas['Comparison'];
export type ComparisonSide = Schemas['ComparisonSide'];
export type ComparisonCase = Schemas['ComparisonCase'];
export type Slice = Schemas['ComparisonSlice'];
export type Rollout = Schemas['Rollout'];
export type RolloutChange = Schemas['RolloutChange'];
export type RolloutEvent = Schemas['RolloutStep']['event'];
export type RetrainState = Schemas['RetrainState'];
export type ShadowReport = Schemas['ShadowReport'];
export type Disagreement = Schemas['Disagreement'];

const byProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });
const byModel = (modelId: string) => ({ params: { path: { model_id: modelId } } });

export const modelsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['models', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/models', byProject(projectId))),
    select: (page) => page.results,
  });

/** Its key starts like the list's, so that what makes the list old makes this old. */
export const modelQuery = (projectId: string, modelId: string) =>
  queryOptions({
    queryKey: ['models', projectId, modelId],
    queryFn: () => unwrap(api.GET('/api/v1/models/{model_id}', byModel(modelId))),
  });

/** Made old together with the model it is of. */
export const comparisonQuery = (projectId: string, modelId: string) =>
  queryOptions({
    queryKey: ['models', projectId, modelId, 'comparison'],
    queryFn: () => unwrap(api.GET('/api/v1/models/{model_id}/comparison', byModel(modelId))),
  });

export type CellQuery = { side: 'candidate' | 'production'; actual: string; predicted: string };

export const casesQuery = (projectId: string, modelId: string, cell: CellQuery) =>
  queryOptions({
    queryKey: ['models', projectId, modelId, 'comparison', cell],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/comparison/cases', {
          params: { path: { model_id: modelId }, query: cell },
        }),
      ),
  });

export const trainingsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['trainings', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/trainings', byProject(projectId))),
    select: (page) => page.results,
  });

/** Made old together with the trainings. */
export const retrainingQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['trainings', projectId, 'retraining'],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/retraining', byProject(projectId))),
  });

export const retrainingSave = (
  projectId: string,
  kind: ModelRow['kind'],
  version: number,
  body: Schemas['RetrainPolicyUpdateRequest'],
) =>
  unwrap(
    api.PUT('/api/v1/projects/{project_id}/retraining/{kind}', {
      params: { path: { project_id: projectId, kind }, header: ifMatch(version) },
      body,
    }),
  );

export const curveQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['learning-curve', projectId, 'points'],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/learning-curve', byProject(projectId))),
  });

export const datasetsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['datasets', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/datasets', byProject(projectId))),
  });

export const trainingStart = (projectId: string, body: Schemas['TrainingCreateRequest'], key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/trainings', {
      ...byProject(projectId),
      body,
      headers: idempotent(key),
    }),
  );

export const trainingCancel = (trainingId: string) =>
  unwrap(
    api.POST('/api/v1/trainings/{training_id}/cancel', { params: { path: { training_id: trainingId } } }),
  );

export const modelRegister = (projectId: string, body: Schemas['ModelCreateRequest'], key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/models', {
      ...byProject(projectId),
      body,
      headers: idempotent(key),
    }),
  );

/** Where a model stands on its way to production. Made old together with the model. */
export const rolloutQuery = (projectId: string, modelId: string) =>
  queryOptions({
    queryKey: ['models', projectId, modelId, 'rollout'],
    queryFn: () => unwrap(api.GET('/api/v1/models/{model_id}/rollout', byModel(modelId))),
  });

/** `share` counts for a canary alone. */
export const rolloutStep = (modelId: string, version: number, event: RolloutEvent, share = 0.1) =>
  unwrap(
    api.POST('/api/v1/models/{model_id}/rollout', {
      params: { path: { model_id: modelId }, header: ifMatch(version) },
      body: { event, share },
    }),
  );

export const gateRun = (modelId: string) =>
  unwrap(api.POST('/api/v1/models/{model_id}/gate', byModel(modelId)));

export const bindingSave = (modelId: string, version: number, mapping: Mapping) =>
  unwrap(
    api.PUT('/api/v1/models/{model_id}/binding', {
      params: { path: { model_id: modelId }, header: ifMatch(version) },
      body: { mapping },
    }),
  );

/** Detector weights that an operator has installed. */
export const weightsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['starting-weights', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/starting-weights', byProject(projectId))),
  });

/** Checkpoints on this server; managers and administrators may look. */
export const checkpointsQuery = queryOptions({
  queryKey: ['assist-checkpoints'],
  queryFn: () => unwrap(api.GET('/api/v1/assist/models')),
});

export const allEmbed = (projectId: string) =>
  unwrap(api.POST('/api/v1/projects/{project_id}/assist/embed', byProject(projectId)));

export const allRefine = (projectId: string) =>
  unwrap(api.POST('/api/v1/projects/{project_id}/assist/refine', { ...byProject(projectId), body: {} }));
