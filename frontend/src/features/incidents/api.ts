/** Calls about incidents, and about where alerts go. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, unwrap } from '@/lib/api-client';
import { cursorOf } from '@/lib/paging';
import type { Schemas } from '@/types/api';

export type Incident = Schemas['Incident'];
export type Note = Schemas['Note'];
export type Channel = Schemas['Channel'];
export type Delivery = Schemas['Delivery'];
export type ChannelWrite = Schemas['ChannelWriteRequest'];
export type State = 'open' | 'unacknowledged' | 'closed' | 'wrong';
export type Filters = {
  state?: State;
  severity?: Incident['severity'];
  feed?: string;
  rule?: string;
  site?: string;
  camera?: string;
};

const ofProject = (projectId: string) => ({ path: { project_id: projectId } });
const ofIncident = (id: string) => ({ params: { path: { incident_id: id } } });
const ofChannel = (id: string) => ({ params: { path: { channel_id: id } } });

export const incidentsQuery = (projectId: string, filters: Filters) =>
  infiniteQueryOptions({
    queryKey: ['incidents', projectId, filters],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/incidents', {
          params: { ...ofProject(projectId), query: { ...filters, cursor: pageParam, page_size: 50 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => cursorOf(page.next),
  });

export const incidentQuery = (projectId: string, id: string) =>
  queryOptions({
    queryKey: ['incidents', projectId, 'one', id],
    queryFn: () => unwrap(api.GET('/api/v1/incidents/{incident_id}', ofIncident(id))),
  });

export const notesQuery = (projectId: string, id: string) =>
  queryOptions({
    queryKey: ['incidents', projectId, 'notes', id],
    queryFn: () => unwrap(api.GET('/api/v1/incidents/{incident_id}/notes', ofIncident(id))),
  });

export const incidentEscalate = (id: string) =>
  unwrap(api.POST('/api/v1/incidents/{incident_id}/escalate', ofIncident(id)));
export const incidentWrong = (id: string) =>
  unwrap(api.POST('/api/v1/incidents/{incident_id}/wrong', ofIncident(id)));
export const incidentHold = (id: string, held: boolean) =>
  unwrap(api.POST('/api/v1/incidents/{incident_id}/hold', { ...ofIncident(id), body: { held, reason: '' } }));
export const incidentComment = (id: string, text: string) =>
  unwrap(api.POST('/api/v1/incidents/{incident_id}/notes', { ...ofIncident(id), body: { text } }));
export const ruleMute = (ruleId: string, minutes: number) =>
  unwrap(
    api.POST('/api/v1/rules/{rule_id}/mute', {
      params: { path: { rule_id: ruleId } },
      body: { minutes },
    }),
  );

export const snapshotUrl = (id: string) => `/api/v1/incidents/${id}/snapshot.jpg`;
export const clipUrl = (id: string) => `/api/v1/incidents/${id}/clip.webm`;

/** Names for the filters: cameras as feeds, and rules. */
export const feedNamesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['feeds', projectId, 'names'],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/feeds', { params: ofProject(projectId) })),
  });
export const ruleNamesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['rules', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/rules', { params: ofProject(projectId) })),
  });

export const channelsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['channels', projectId],
    queryFn: () =>
      unwrap(api.GET('/api/v1/projects/{project_id}/alert-channels', { params: ofProject(projectId) })),
  });
export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ['deliveries', id],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/alert-channels/{channel_id}/deliveries', {
          params: { path: { channel_id: id }, query: { page_size: 20 } },
        }),
      ),
    refetchInterval: 5_000,
  });
export const channelCreate = (projectId: string, body: ChannelWrite) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/alert-channels', {
      params: ofProject(projectId),
      body,
      headers: idempotent(),
    }),
  );
export const channelUpdate = (id: string, body: Schemas['PatchedChannelWriteRequest'], version: number) =>
  unwrap(
    api.PATCH('/api/v1/alert-channels/{channel_id}', {
      params: { path: { channel_id: id }, header: ifMatch(version) },
      body,
    }),
  );
export const channelDelete = (id: string) =>
  unwrap(api.DELETE('/api/v1/alert-channels/{channel_id}', ofChannel(id)));
export const channelSecret = (id: string) =>
  unwrap(api.GET('/api/v1/alert-channels/{channel_id}/secret', ofChannel(id)));
export const channelTest = (id: string) =>
  unwrap(api.POST('/api/v1/alert-channels/{channel_id}/test', ofChannel(id)));
