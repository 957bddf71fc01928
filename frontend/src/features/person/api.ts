import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import type { components } from '@/types/generated/schema';

export type PersonWork = components['schemas']['PersonWork'];
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
