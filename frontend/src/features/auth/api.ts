/** Calls of signing in and of one-time links. */
import { api, unwrap } from '@/lib/api-client';
import type { Schemas, Session } from '@/types/api';

export type LinkInfo = Schemas['Link'];

export function signIn(input: { email: string; password: string }): Promise<Session> {
  return unwrap(api.POST('/api/v1/session', { body: input }));
}

export const fetchLink = (token: string) =>
  unwrap(api.GET('/api/v1/links/{token}', { params: { path: { token } } }));

export const acceptLink = (token: string, body: Schemas['LinkAcceptRequest']): Promise<Session> =>
  unwrap(api.POST('/api/v1/links/{token}', { params: { path: { token } }, body }));
