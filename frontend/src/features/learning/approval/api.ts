/** Calls about auto-approval. */
import { queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type ProjectApproval = Schemas['ProjectApproval'];
export type Policy = Schemas['ApprovalPolicy'];
export type PolicyEvent = Policy['steps'][number]['event'];
export type Tally = Schemas['Tally'];
export type ErrorPoint = Schemas['ErrorPoint'];
export type Offer = Schemas['ApprovalOffer'];
export type PromiseBody = Schemas['ApprovalPolicyCreateRequest'];

const byProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const approvalQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['approval', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/approval-policies', byProject(projectId))),
  });

export const policyMake = (projectId: string, body: PromiseBody, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/approval-policies', {
      ...byProject(projectId),
      body,
      headers: idempotent(key),
    }),
  );

export const policyStep = (
  { id, version }: Pick<Policy, 'id' | 'version'>,
  event: PolicyEvent,
  takeBack = false,
) =>
  unwrap(
    api.POST('/api/v1/approval-policies/{policy_id}/steps', {
      params: { path: { policy_id: id }, header: ifMatch(version) },
      body: { event, take_back: takeBack },
    }),
  );
