/** Calls about who does what. */
import { queryOptions } from '@tanstack/react-query';

import { api, ifMatch, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Planning = Schemas['Planning'];
export type Person = Schemas['PlanningPerson'];
export type Plan = Schemas['Plan'];
export type KindOfWork = Schemas['KindOfWork'];

export const planningQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['planning', projectId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/planning', { params: { path: { project_id: projectId } } }),
      ),
  });

export type Capacity = { minutes_per_day: number; label_ids: string[] | null };

export const capacitySet = (projectId: string, person: Person, body: Capacity) =>
  unwrap(
    api.PUT('/api/v1/projects/{project_id}/planning/people/{user_id}', {
      params: {
        path: { project_id: projectId, user_id: person.user_id },
        header: ifMatch(person.version),
      },
      body,
    }),
  );

export type PlanRequest = { days: number; weekends: boolean; again: boolean };

export const planRequest = (projectId: string, body: PlanRequest, key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/planning/plans', {
      params: { path: { project_id: projectId }, header: { 'Idempotency-Key': key } },
      body,
    }),
  );

const byId = (planId: string) => ({ params: { path: { plan_id: planId } } });

export const planApply = (planId: string) => unwrap(api.POST('/api/v1/plans/{plan_id}/apply', byId(planId)));
export const planDrop = (planId: string) => unwrap(api.POST('/api/v1/plans/{plan_id}/drop', byId(planId)));
