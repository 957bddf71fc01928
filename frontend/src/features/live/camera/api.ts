/** Calls about one camera's day: counts, states, what came back and what happened within an hour. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import type { Part } from '@/features/live/camera/counts';
import { api, API_PREFIX, unwrap, withQuery } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Segment = Schemas['Segment'];

const REFRESH_MS = 15_000;
const LIST_SIZE = 60;
const byFeed = (feedId: string) => ({ path: { feed_id: feedId } });

export const feedQuery = (feedId: string) =>
  queryOptions({
    queryKey: ['feed', feedId],
    queryFn: () => unwrap(api.GET('/api/v1/feeds/{feed_id}', { params: byFeed(feedId) })),
    refetchInterval: REFRESH_MS,
  });

/** A day at the site in hours; today without one. */
export const countsQuery = (feedId: string, part: Part, day: string | undefined) =>
  queryOptions({
    queryKey: ['feed-counts', feedId, part, day ?? 'today'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/feeds/{feed_id}/counts', {
          params: { ...byFeed(feedId), query: { part, ...(day && { from: day }) } },
        }),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const historyQuery = (feedId: string, day: string | undefined) =>
  queryOptions({
    queryKey: ['feed-history', feedId, day ?? 'today'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/feeds/{feed_id}/history', {
          params: { ...byFeed(feedId), query: day ? { from: day } : {} },
        }),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export type Window = { from: string; to: string };

export const windowEventsQuery = (feedId: string, window: Window) =>
  queryOptions({
    queryKey: ['feed-events', feedId, window.from, window.to],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/feeds/{feed_id}/events', {
          params: { ...byFeed(feedId), query: { ...window, page_size: LIST_SIZE } },
        }),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const windowCapturesQuery = (feedId: string, window: Window) =>
  queryOptions({
    queryKey: ['feed-captures', feedId, window.from, window.to],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/feeds/{feed_id}/captures', {
          params: { ...byFeed(feedId), query: { ...window, page_size: LIST_SIZE } },
        }),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const windowIncidentsQuery = (projectId: string, feedId: string, window: Window) =>
  queryOptions({
    queryKey: ['incidents', projectId, 'feed', feedId, window.from, window.to],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/projects/{project_id}/incidents', {
          params: {
            path: { project_id: projectId },
            query: { feed: feedId, ...window, page_size: LIST_SIZE },
          },
        }),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

export const countsUrl = (feedId: string, format: 'csv' | 'parquet', part: Part, from: string, to: string) =>
  withQuery(`${API_PREFIX}/feeds/${feedId}/counts/export`, { format, part, from, to, bin: 'quarter' });
