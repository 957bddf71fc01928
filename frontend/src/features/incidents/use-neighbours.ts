import { useInfiniteQuery } from '@tanstack/react-query';

import { incidentsQuery } from '@/features/incidents/api';

/** The incidents before and after one in the list, newest first: so that a person can go through them by key. */
export function useNeighbours(projectId: string, id: string) {
  const { data } = useInfiniteQuery(incidentsQuery(projectId, {}));
  const ids = data?.pages.flatMap(({ results }) => results.map((row) => row.id)) ?? [];
  const at = ids.indexOf(id);
  return { next: at < 0 ? undefined : ids[at + 1], previous: at < 1 ? undefined : ids[at - 1] };
}
