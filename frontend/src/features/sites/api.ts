import { queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Site = Schemas['Site'];
export type Camera = Schemas['Camera'];
export type CameraPrivacy = Schemas['CameraPrivacy'];

const byCamera = (cameraId: string) => ({ params: { path: { camera_id: cameraId } } });

/** Feeds of a site's cameras that one may see. */
export const siteFeedsQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['site-feeds', siteId],
    queryFn: () =>
      unwrap(api.GET('/api/v1/sites/{site_id}/feeds', { params: { path: { site_id: siteId } } })),
  });

export const siteCreate = (body: Schemas['SiteCreateRequest'], key: string) =>
  unwrap(api.POST('/api/v1/sites', { body, headers: idempotent(key) }));

export const siteUpdate = (siteId: string, body: Schemas['PatchedSiteUpdateRequest']) =>
  unwrap(api.PATCH('/api/v1/sites/{site_id}', { params: { path: { site_id: siteId } }, body }));

export const cameraCreate = (siteId: string, body: Schemas['CameraCreateRequest'], key: string) =>
  unwrap(
    api.POST('/api/v1/sites/{site_id}/cameras', {
      params: { path: { site_id: siteId } },
      body,
      headers: idempotent(key),
    }),
  );

export const cameraUpdate = (cameraId: string, body: Schemas['PatchedCameraUpdateRequest']) =>
  unwrap(api.PATCH('/api/v1/cameras/{camera_id}', { params: { path: { camera_id: cameraId } }, body }));

export const cameraDelete = (cameraId: string) =>
  unwrap(api.DELETE('/api/v1/cameras/{camera_id}', { params: { path: { camera_id: cameraId } } }));

export const cameraPrivacyQuery = (cameraId: string) =>
  queryOptions({
    queryKey: ['camera-privacy', cameraId],
    queryFn: () => unwrap(api.GET('/api/v1/cameras/{camera_id}/privacy', byCamera(cameraId))),
  });

export const cameraPrivacySave = (
  cameraId: string,
  version: number,
  body: Schemas['PatchedCameraPrivacyChangeRequest'],
) =>
  unwrap(
    api.PATCH('/api/v1/cameras/{camera_id}/privacy', {
      params: { path: { camera_id: cameraId }, header: ifMatch(version) },
      body,
    }),
  );

export const erasuresQuery = (cameraId: string) =>
  queryOptions({
    queryKey: ['camera-erasures', cameraId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/cameras/{camera_id}/erasures', {
          params: { path: { camera_id: cameraId }, query: { page_size: 20 } },
        }),
      ),
  });
