/** Calls about agreement and ground truth. */
import { infiniteQueryOptions, useQuery } from '@tanstack/react-query';

import { api, idempotent, unwrap } from '@/lib/api-client';
import { cursorOf } from '@/lib/paging';
import type { Schemas } from '@/types/api';

export type TruthRow = Schemas['TruthRow'];

export const truthKey = (projectId: string) => ['truth', projectId];

export const truthQuery = (projectId: string) =>
  infiniteQueryOptions({
    queryKey: truthKey(projectId),
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/truth', {
          params: {
            path: { project_id: projectId },
            query: { page_size: 50, cursor: pageParam || undefined },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => cursorOf(last.next ?? null),
  });

export const truthUnmark = (projectId: string, taskIds: string[]) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/truth/remove', {
      params: { path: { project_id: projectId } },
      body: { task_ids: taskIds },
      headers: idempotent(),
    }),
  );

export type SecondFigures = Schemas['SecondFigures'];
export type SecondAgreed = Schemas['SecondAgreed'];

export const useSecondFigures = (projectId: string, days: AgreementSpan) =>
  useQuery({
    queryKey: ['second-looks', projectId, days],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/second-looks', {
          params: { path: { project_id: projectId }, query: { days } },
        }),
      ),
  });

export type Agreement = Schemas['Agreement'];
export const AGREEMENT_SPANS = ['30', '90', '365'] as const;
export type AgreementSpan = (typeof AGREEMENT_SPANS)[number];

export const useAgreement = (projectId: string, days: AgreementSpan, enabled = true) =>
  useQuery({
    enabled,
    queryKey: ['agreement', projectId, days],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/agreement', {
          params: { path: { project_id: projectId }, query: { days } },
        }),
      ),
  });
