/** Calls about where the parts of a video meet. */
import { queryOptions } from '@tanstack/react-query';

import { api, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Seam = Schemas['Seam'];
export type Piece = Schemas['Piece'];
export type Pair = Schemas['PiecePair'];
export type Link = Schemas['TrackLink'];
export type Kind = Link['kind'];

/** One video of a project. */
export type Place = { projectId: string; assetId: string };

const ADDRESS = '/api/v1/projects/{project_id}/videos/{asset_id}/seams';
const keyOf = ({ projectId, assetId }: Place) => ['seams', projectId, assetId];
const pathOf = ({ projectId, assetId }: Place) => ({ project_id: projectId, asset_id: assetId });

export const seamsQuery = (place: Place) =>
  queryOptions({
    queryKey: keyOf(place),
    queryFn: () => unwrap(api.GET(ADDRESS, { params: { path: pathOf(place) } })),
  });

export const seamQuery = (place: Place, number: number) =>
  queryOptions({
    queryKey: [...keyOf(place), number],
    queryFn: () => unwrap(api.GET(`${ADDRESS}/{number}`, { params: { path: { ...pathOf(place), number } } })),
  });

/** What is said of two tracks, by region id; null: as their overlap says. */
export type Said = { earlier: string; later: string; kind: Kind | null };

export const tracksLink = (place: Place, number: number, body: Said) =>
  unwrap(api.PUT(`${ADDRESS}/{number}`, { params: { path: { ...pathOf(place), number } }, body }));

export const frameUrl = (assetId: string, frame: number) =>
  `/api/v1/assets/${assetId}/frames/${String(frame)}.jpg`;
