/** The project of the page, its labels and the reader's role in it. */
import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import { atLeast, type Role } from '@/lib/roles';

export const projectKey = (projectId: string) => ['project', projectId];
export const PROJECTS_KEY = ['projects'];

export const fetchProject = (projectId: string) =>
  unwrap(api.GET('/api/v1/projects/{project_id}', { params: { path: { project_id: projectId } } }));

export function useProject(projectId: string | undefined) {
  return useQuery({
    queryKey: projectKey(projectId ?? ''),
    queryFn: () => fetchProject(projectId ?? ''),
    enabled: projectId !== undefined,
    staleTime: 60_000,
  });
}

/** Every project the person sees (the first 200); archived ones only when asked for. */
export function useProjects(archived = false) {
  return useQuery({
    queryKey: [...PROJECTS_KEY, { archived }],
    queryFn: () => unwrap(api.GET('/api/v1/projects', { params: { query: { archived, page_size: 200 } } })),
    select: (page) => page.results,
    staleTime: 30_000,
  });
}

/** True when the reader's role on the project is at least `needed`; false while that is not known. */
export function useMay(projectId: string | undefined, needed: Role): boolean {
  return atLeast(useProject(projectId).data?.my_role, needed);
}
