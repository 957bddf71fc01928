/** Who is signed in, and where they belong. */
import { useQuery, useQueryClient } from '@tanstack/react-query';

import { api, rememberCsrf, unwrap } from '@/lib/api-client';
import { rememberPerson } from '@/lib/person';
import type { OrganisationRef, Session, SessionUser } from '@/types/api';

export const SESSION_KEY = ['session'];

export async function fetchSession(): Promise<Session> {
  const session = await unwrap(api.GET('/api/v1/session'));
  rememberCsrf(session.csrf);
  rememberPerson(session.user?.id ?? null);
  return session;
}

export function useSession() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: fetchSession, staleTime: 5 * 60_000 });
}

/** For pages behind the sign-in: the shell never mounts them without a person. */
export function useMe(): SessionUser {
  const { data } = useSession();
  if (!data?.user) throw new Error('useMe is only for pages behind the sign-in');
  return data.user;
}

/** The organisation worked in: the first one; people with several meet the others through their projects. */
export function useOrganisation(): OrganisationRef | null {
  const { data } = useSession();
  return data?.organisations[0] ?? null;
}

/** Put a fresh session into the cache after signing in or out. */
export function useAdoptSession() {
  const cache = useQueryClient();
  return (session: Session) => {
    rememberCsrf(session.csrf);
    rememberPerson(session.user?.id ?? null);
    cache.setQueryData(SESSION_KEY, session);
  };
}
