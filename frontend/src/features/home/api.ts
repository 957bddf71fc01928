/** What the home page asks the API. */
import { useQuery } from '@tanstack/react-query';

import { request } from '@/lib/api-client';
import type { Overview, Project } from '@/types/api';

export type Home = {
  to_label: number;
  to_review: number;
  returned: number;
  projects: {
    project: Pick<Project, 'id' | 'name' | 'is_demo' | 'my_role' | 'queue_paused_at' | 'site'>;
    to_label?: number;
    to_review?: number;
    overview: Overview;
  }[];
};

export const useHome = () =>
  useQuery({ queryKey: ['home'], queryFn: () => request<Home>('GET', '/home'), refetchInterval: 60_000 });
