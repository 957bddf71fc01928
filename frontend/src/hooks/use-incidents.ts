/** Incidents of a project, kept fresh by events. */
import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Incident = Schemas['Incident'];

/** Those that are open or that nobody has acknowledged yet, the newest fifty. */
export function useOpenIncidents(projectId: string) {
  return useQuery({
    queryKey: ['incidents', projectId, 'open'],
    queryFn: async () => {
      const ask = (state: 'open' | 'unacknowledged') =>
        unwrap(
          api.GET('/api/v1/projects/{project_id}/incidents', {
            params: { path: { project_id: projectId }, query: { state, page_size: 50 } },
          }),
        );
      const [open, waiting] = await Promise.all([ask('open'), ask('unacknowledged')]);
      const found = new Map([...open.results, ...waiting.results].map((row) => [row.id, row]));
      return [...found.values()].sort((a, b) => b.id.localeCompare(a.id));
    },
    refetchInterval: 30_000,
  });
}

export const incidentAcknowledge = (incidentId: string) =>
  unwrap(
    api.POST('/api/v1/incidents/{incident_id}/acknowledge', {
      params: { path: { incident_id: incidentId } },
    }),
  );
