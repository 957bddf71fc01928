/** Calls about projects, their labels and their people. */
import { queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Template = Schemas['Template'];
export type ProjectMember = Schemas['ProjectMember'];
export type ProjectUpdate = Schemas['PatchedProjectUpdateRequest'];
export type LabelMap = Record<string, string | null>;

const byId = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const templatesQuery = queryOptions({
  queryKey: ['project-templates'],
  queryFn: () => unwrap(api.GET('/api/v1/project-templates')),
  staleTime: Infinity,
});

export const projectCreate = (body: Schemas['ProjectCreateRequest'], key: string) =>
  unwrap(api.POST('/api/v1/projects', { body, headers: idempotent(key) }));

/** Without `version` only switches (archived, queue_paused) can be changed. */
export const projectUpdate = (projectId: string, body: ProjectUpdate, version?: number) =>
  unwrap(
    api.PATCH('/api/v1/projects/{project_id}', {
      params: {
        path: { project_id: projectId },
        header: version === undefined ? {} : ifMatch(version),
      },
      body,
    }),
  );

export const projectDelete = (projectId: string) =>
  unwrap(api.DELETE('/api/v1/projects/{project_id}', byId(projectId)));

export const ontologyReplace = (
  projectId: string,
  number: number,
  labels: Schemas['LabelRequest'][],
  map: LabelMap,
) =>
  unwrap(
    api.PUT('/api/v1/projects/{project_id}/ontology', {
      params: { path: { project_id: projectId }, header: ifMatch(number) },
      body: { labels, map },
    }),
  );

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project-members', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/members', byId(projectId))),
  });

export const memberSet = (projectId: string, userId: string, role: Schemas['RoleEnum']) =>
  unwrap(
    api.PUT('/api/v1/projects/{project_id}/members/{user_id}', {
      params: { path: { project_id: projectId, user_id: userId } },
      body: { role },
    }),
  );

export const memberRemove = (projectId: string, userId: string) =>
  unwrap(
    api.DELETE('/api/v1/projects/{project_id}/members/{user_id}', {
      params: { path: { project_id: projectId, user_id: userId } },
    }),
  );

export const overviewQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['overview', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/overview', byId(projectId))),
  });

export const workQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['work-summary', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/work-summary', byId(projectId))),
  });

/** When the open pictures may be approved. */
export const finishQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['forecast', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/forecast', byId(projectId))),
  });

export type ApprovalPolicy = Schemas['ApprovalPolicy'];

/** The promises of auto-approval and how far their proof is. */
export const approvalQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['approval', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/approval-policies', byId(projectId))),
  });

export const curveQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['learning-curve', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/learning-curve', byId(projectId))),
    retry: false,
  });
