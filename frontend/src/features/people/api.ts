import { queryOptions } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import type { Role } from '@/lib/roles';
import type { Schemas } from '@/types/api';

export type Member = Schemas['Member'];
export type Token = Schemas['Token'];

const member = (organisationId: string, userId: string) => ({
  params: { path: { organisation_id: organisationId, user_id: userId } },
});

export const memberUpdate = (organisationId: string, userId: string, role: Role | '') =>
  unwrap(
    api.PATCH('/api/v1/organisations/{organisation_id}/members/{user_id}', {
      ...member(organisationId, userId),
      body: { role },
    }),
  );

export const memberRemove = (organisationId: string, userId: string) =>
  unwrap(
    api.DELETE('/api/v1/organisations/{organisation_id}/members/{user_id}', member(organisationId, userId)),
  );

export const invitationCreate = (organisationId: string, email: string, role: Role | '') =>
  unwrap(
    api.POST('/api/v1/organisations/{organisation_id}/invitations', {
      params: { path: { organisation_id: organisationId } },
      body: { email, role },
    }),
  );

export const resetLinkCreate = (organisationId: string, userId: string) =>
  unwrap(
    api.POST(
      '/api/v1/organisations/{organisation_id}/members/{user_id}/reset-link',
      member(organisationId, userId),
    ),
  );

export const TOKENS_KEY = ['tokens'];
export const tokensQuery = queryOptions({
  queryKey: TOKENS_KEY,
  queryFn: () => unwrap(api.GET('/api/v1/tokens')),
});

export const tokenCreate = (body: Schemas['TokenCreateRequest']) =>
  unwrap(api.POST('/api/v1/tokens', { body }));
export const tokenRevoke = (tokenId: string) =>
  unwrap(api.DELETE('/api/v1/tokens/{token_id}', { params: { path: { token_id: tokenId } } }));

export const meUpdate = (body: Schemas['PatchedMeRequest']) => unwrap(api.PATCH('/api/v1/me', { body }));
export const passwordChange = (body: Schemas['PasswordRequest']) =>
  unwrap(api.POST('/api/v1/me/password', { body }));
