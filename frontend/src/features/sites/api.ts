import { api, idempotent, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Site = Schemas['Site'];
export type Camera = Schemas['Camera'];

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
