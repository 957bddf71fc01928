/** Calls about probable label errors. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, unwrap } from '@/lib/api-client';
import { cursorOf } from '@/lib/paging';
import type { Schemas } from '@/types/api';

export type Finding = Schemas['LabelFinding'];
export type Kind = Finding['kind'];
export type ShownState = Finding['state'];
export type Verdict = 'fix' | 'fine';
export type State = Schemas['LabelErrorState'];
export type Filters = { kind?: Kind; label?: string; state?: ShownState };

const PAGE_SIZE = 50;

export const findingsKey = (projectId: string) => ['label-errors', projectId];

export const stateQuery = (project_id: string) =>
  queryOptions({
    queryKey: [...findingsKey(project_id), 'state'],
    queryFn: () =>
      unwrap(api.GET('/api/v1/projects/{project_id}/label-errors', { params: { path: { project_id } } })),
  });

export const findingsQuery = (project_id: string, filters: Filters) =>
  infiniteQueryOptions({
    queryKey: [...findingsKey(project_id), 'findings', filters],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/label-errors/findings', {
          params: {
            path: { project_id },
            query: { ...filters, page_size: PAGE_SIZE, cursor: pageParam || undefined },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => cursorOf(last.next ?? null),
  });

export type LookAsk = Schemas['LabelLookAskRequest'];

export const look = (project_id: string, body: LookAsk) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/label-errors', {
      params: { path: { project_id } },
      body,
      headers: idempotent(),
    }),
  );

export const cancelLook = (job_id: string) =>
  unwrap(api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id } } }));

export const decide = ({ id, version }: Finding, verdict: Verdict) =>
  unwrap(
    api.POST('/api/v1/label-errors/{finding_id}/decide', {
      params: { path: { finding_id: id }, header: ifMatch(version) },
      body: { verdict },
    }),
  );

export const undo = ({ id, version }: Finding) =>
  unwrap(
    api.POST('/api/v1/label-errors/{finding_id}/undo', {
      params: { path: { finding_id: id }, header: ifMatch(version) },
    }),
  );
