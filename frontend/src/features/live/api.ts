/** Calls about feeds, what happened on them and what they sent back. */
import { queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, request, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Feed = Schemas['Feed'];
export type FeedEvent = Schemas['FeedEvent'];
export type Capture = Schemas['Capture'];
export type FeedSettings = Schemas['FeedSettings'];

const EVENTS_OF_FEED = 15;
const LOG_LINES = 50;
const byProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });
const byFeed = (feedId: string) => ({ params: { path: { feed_id: feedId } } });

export const feedsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['feeds', projectId],
    queryFn: () => unwrap(api.GET('/api/v1/projects/{project_id}/feeds', byProject(projectId))),
    // Figures are written while a feed runs, without an event each time.
    refetchInterval: 5_000,
  });

export const feedQuery = (feedId: string) =>
  queryOptions({
    queryKey: ['feed', feedId],
    queryFn: () => unwrap(api.GET('/api/v1/feeds/{feed_id}', byFeed(feedId))),
    refetchInterval: 5_000,
  });

/** The log of counts: a line whenever they changed and stayed so. */
export const countsQuery = (feedId: string) =>
  queryOptions({
    queryKey: ['feed-log', feedId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/feeds/{feed_id}/events', {
          params: { path: { feed_id: feedId }, query: { page_size: LOG_LINES, kind: ['distance'] } },
        }),
      ),
  });

/** Not below 'feeds': new events come by themselves, and asking anew for each would be a storm. */
export const eventsQuery = (feedId: string) =>
  queryOptions({
    queryKey: ['feed-events', feedId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/feeds/{feed_id}/events', {
          params: { path: { feed_id: feedId }, query: { page_size: EVENTS_OF_FEED } },
        }),
      ),
    staleTime: Infinity,
  });

export const capturesQuery = (feedId: string) =>
  queryOptions({
    queryKey: ['feed-captures', feedId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/feeds/{feed_id}/captures', {
          params: { path: { feed_id: feedId }, query: { page_size: EVENTS_OF_FEED } },
        }),
      ),
  });

export const videosQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['assets', projectId, 'videos'],
    queryFn: () =>
      request<Schemas['AssetPage']>('GET', `/projects/${projectId}/assets`, {
        query: { kind: 'video', asset_state: 'ready', page_size: 100 },
      }),
    select: (page) => page.results,
  });

export const feedCreate = (projectId: string, body: Schemas['FeedCreateRequest'], key: string) =>
  unwrap(
    api.POST('/api/v1/projects/{project_id}/feeds', {
      ...byProject(projectId),
      body,
      headers: idempotent(key),
    }),
  );

export const sourceTest = (projectId: string, body: Schemas['SourceTestRequest']) =>
  unwrap(api.POST('/api/v1/projects/{project_id}/feeds/test', { ...byProject(projectId), body }));

/** Without `version` only the switch `enabled` can be changed. */
export const feedUpdate = (feedId: string, body: Schemas['PatchedFeedUpdateRequest'], version?: number) =>
  unwrap(
    api.PATCH('/api/v1/feeds/{feed_id}', {
      params: { path: { feed_id: feedId }, header: version === undefined ? {} : ifMatch(version) },
      body,
    }),
  );

export const feedRestart = (feedId: string) =>
  unwrap(api.POST('/api/v1/feeds/{feed_id}/restart', byFeed(feedId)));

export const feedDelete = (feedId: string) => unwrap(api.DELETE('/api/v1/feeds/{feed_id}', byFeed(feedId)));

/** `timeS`: the source's time of the picture on the screen; the newest one without it. */
export const feedMissed = (feedId: string, timeS: number | null) =>
  unwrap(api.POST('/api/v1/feeds/{feed_id}/missed', { ...byFeed(feedId), body: { time_s: timeS } }));
