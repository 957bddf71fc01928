/** Calls of signing in and of one-time links. */
import { fetchSession } from '@/hooks/use-session';
import { request } from '@/lib/api-client';
import type { Session } from '@/types/api';

export type LinkInfo = {
  purpose: 'setup' | 'invite' | 'reset';
  email: string;
  expired: boolean;
  organisation_name?: string;
};

export async function signIn(input: { email: string; password: string }): Promise<Session> {
  await request('POST', '/session', { body: input });
  // Read again: signing in turns the CSRF token, and this answer carries the new one.
  return fetchSession();
}

export const fetchLink = (token: string) => request<LinkInfo>('GET', `/links/${encodeURIComponent(token)}`);

export async function acceptLink(
  token: string,
  input: { name?: string; email?: string; password: string; organisation_name?: string },
): Promise<Session> {
  await request('POST', `/links/${encodeURIComponent(token)}`, { body: input });
  return fetchSession();
}
