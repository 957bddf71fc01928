/** What the home page and "my work" ask the API. */
import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Home = Schemas['Home'];

export const useHome = () =>
  useQuery({ queryKey: ['home'], queryFn: () => unwrap(api.GET('/api/v1/home')), refetchInterval: 60_000 });

/** Tasks of one project in one's hands: assigned, begun, or returned. */
export const fetchMyTasks = (projectId: string) =>
  unwrap(
    api.GET('/api/v1/projects/{project_id}/tasks', {
      params: { path: { project_id: projectId }, query: { assigned_to: 'me', page_size: 100 } },
    }),
  ).then((page) => page.results);

export type OwnPart = Schemas['OwnPart'];

/** What is one's own to label and to review, by project and day. */
export const useOwnPart = () =>
  useQuery({ queryKey: ['own-part'], queryFn: () => unwrap(api.GET('/api/v1/my-part')) });
