import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';

export const orgMembersKey = (organisationId: string) => ['organisation-members', organisationId];

/** Everybody of an organisation, with their role on the whole of it. */
export function useOrganisationMembers(organisationId: string | undefined) {
  return useQuery({
    queryKey: orgMembersKey(organisationId ?? ''),
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/organisations/{organisation_id}/members', {
          params: { path: { organisation_id: organisationId ?? '' } },
        }),
      ),
    enabled: organisationId !== undefined,
  });
}
