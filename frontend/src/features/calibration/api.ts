/** Calls about a camera's calibration. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { bodyOf, isAskable, type Draft } from '@/features/calibration/draft';
import { api, idempotent, ifMatch, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Calibration = Schemas['Calibration'];
export type Still = Schemas['Still'];
export type Solved = Schemas['SolvedFloor'];
export type Feed = Schemas['Feed'];
type Body = Schemas['FloorDraftRequest'];

const byCamera = (cameraId: string) => ({ path: { camera_id: cameraId } });
const byVersion = (id: string) => ({ path: { calibration_id: id } });

export const feedQuery = (feedId: string) =>
  queryOptions({
    queryKey: ['feed', feedId],
    queryFn: () => unwrap(api.GET('/api/v1/feeds/{feed_id}', { params: { path: { feed_id: feedId } } })),
  });

export const cameraFeedsQuery = (cameraId: string) =>
  queryOptions({
    queryKey: ['camera-feeds', cameraId],
    queryFn: () => unwrap(api.GET('/api/v1/cameras/{camera_id}/feeds', { params: byCamera(cameraId) })),
  });

export const versionsQuery = (cameraId: string) =>
  queryOptions({
    queryKey: ['calibrations', cameraId],
    queryFn: () =>
      unwrap(api.GET('/api/v1/cameras/{camera_id}/calibrations', { params: byCamera(cameraId) })),
  });

export const solveQuery = (cameraId: string, draft: Draft, stillId: string | undefined) =>
  queryOptions({
    queryKey: ['floor-solved', cameraId, stillId, draft],
    queryFn: () =>
      unwrap(
        api.POST('/api/v1/cameras/{camera_id}/calibrations/solve', {
          params: byCamera(cameraId),
          body: bodyOf(draft, stillId ?? ''),
        }),
      ),
    enabled: stillId !== undefined && isAskable(draft),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });

export const stillTake = (feedId: string) =>
  unwrap(api.POST('/api/v1/feeds/{feed_id}/stills', { params: { path: { feed_id: feedId } } }));

export const calibrationSave = (cameraId: string, body: Body, seen: number, key: string) =>
  unwrap(
    api.POST('/api/v1/cameras/{camera_id}/calibrations', {
      params: { ...byCamera(cameraId), header: ifMatch(seen) },
      body,
      headers: idempotent(key),
    }),
  );

export const calibrationEnd = (id: string) =>
  unwrap(api.POST('/api/v1/calibrations/{calibration_id}/end', { params: byVersion(id) }));

export const calibrationRestore = (id: string, seen: number) =>
  unwrap(
    api.POST('/api/v1/calibrations/{calibration_id}/restore', {
      params: { ...byVersion(id), header: ifMatch(seen) },
    }),
  );

export const calibrationLooked = (id: string, stillId: string) =>
  unwrap(
    api.POST('/api/v1/calibrations/{calibration_id}/looked', {
      params: byVersion(id),
      body: { still_id: stillId },
    }),
  );

export const feedSetCamera = (feed: Feed, cameraId: string) =>
  unwrap(
    api.PATCH('/api/v1/feeds/{feed_id}', {
      params: { path: { feed_id: feed.id }, header: ifMatch(feed.version) },
      body: { camera_id: cameraId },
    }),
  );
