/** The project of the page, its labels and the reader's role in it. */
import { useQuery } from '@tanstack/react-query';

import { request } from '@/lib/api-client';
import type { Page } from '@/lib/paging';
import { atLeast, type Role } from '@/lib/roles';
import type { Project } from '@/types/api';

export const projectKey = (projectId: string) => ['project', projectId];
export const PROJECTS_KEY = ['projects'];

export const fetchProject = (projectId: string) => request<Project>('GET', `/projects/${projectId}`);

export function useProject(projectId: string | undefined) {
  return useQuery({
    queryKey: projectKey(projectId ?? ''),
    queryFn: () => fetchProject(projectId ?? ''),
    enabled: projectId !== undefined,
    staleTime: 60_000,
  });
}

/** Every project the person sees (the first 200). */
export function useProjects() {
  return useQuery({
    queryKey: PROJECTS_KEY,
    queryFn: () => request<Page<Project>>('GET', '/projects', { query: { page_size: 200 } }),
    select: (page) => page.results,
    staleTime: 30_000,
  });
}

/** True when the reader's role on the project is at least `needed`; false while that is not known. */
export function useMay(projectId: string | undefined, needed: Role): boolean {
  return atLeast(useProject(projectId).data?.my_role, needed);
}
