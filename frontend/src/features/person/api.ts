import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import type { components } from '@/types/generated/schema';

export type PersonWork = components['schemas']['PersonWork'];
export type PersonChecks = components['schemas']['PersonChecks'];
export const SPANS = ['7', '30', '90'] as const;
export type Span = (typeof SPANS)[number];

export const usePersonWork = (projectId: string, userId: string, days: Span) =>
  useQuery({
    queryKey: ['person-work', projectId, userId, days],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/people/{user_id}/work', {
          params: { path: { project_id: projectId, user_id: userId }, query: { days } },
        }),
      ),
  });

export const checksKey = (projectId: string, userId: string) => ['person-checks', projectId, userId];

export const usePersonChecks = (projectId: string, userId: string, days: Span) =>
  useQuery({
    queryKey: [...checksKey(projectId, userId), days],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/people/{user_id}/checks', {
          params: { path: { project_id: projectId, user_id: userId }, query: { days } },
        }),
      ),
  });

export const personResume = (projectId: string, userId: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/people/{user_id}/resume', {
      params: { path: { project_id: projectId, user_id: userId } },
    }),
  );
