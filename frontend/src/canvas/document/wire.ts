/**
 * The JSON forms of regions, tags and tracks as the API speaks them: one row each, `shape` naming which of
 * box, polygon, tag or track it is, and `geometry` in that shape's form.
 */

import { boxShape, polygonShape, type BoxShape, type Shape } from '../geometry/shape';
import type { Pair } from '../geometry/points';
import type {
  Attributes,
  DocumentData,
  Keyframe,
  Region,
  Source,
  Suggestion,
  SuggestionStatus,
  Tag,
  Track,
} from './model';
import type { DraftOp } from './ops';

export type WireKeyframe = {
  frame: number;
  box: number[];
  rotation?: number;
  outside?: boolean;
  occluded?: boolean;
};

/** box: `box` (+ `rotation`); polygon: `points` (+ `holes`); track: `keyframes`; tag: nothing. */
export type WireGeometry = {
  box?: number[];
  rotation?: number;
  points?: number[][];
  holes?: number[][][];
  keyframes?: WireKeyframe[];
};

export type WireRegion = {
  id: string;
  label_id: string;
  shape: 'box' | 'polygon' | 'tag' | 'track';
  geometry: WireGeometry;
  attributes: Attributes;
  source: Source;
  suggestion_id: string | null;
  score: number | null;
  z_index: number;
};

export type WireSuggestion = Pick<WireRegion, 'id' | 'label_id' | 'shape' | 'geometry'> & {
  score: number;
  state: string;
};

export type WireOp = { op_id: string; op: 'put' | 'delete'; region: WireRegion };

/** A row whose geometry does not fit its shape: the server's fault, said loudly rather than drawn wrong. */
export class WireShapeError extends Error {
  constructor(id: string, shape: string) {
    super(`region ${id} says ${shape} but has no such geometry`);
    this.name = 'WireShapeError';
  }
}

function boxOf(values: readonly number[] | undefined, rotation = 0): BoxShape | null {
  const [x1, y1, x2, y2] = values ?? [];
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return null;
  return boxShape({ x1, y1, x2, y2 }, rotation);
}

const pairs = (points: readonly (readonly number[])[]): Pair[] => points.map(([x = 0, y = 0]) => [x, y]);

export function shapeToWire(shape: Shape): WireGeometry {
  if (shape.type === 'polygon') {
    const points = shape.points.map((pair) => [...pair]);
    const holes = shape.holes.map((hole) => hole.map((pair) => [...pair]));
    return holes.length ? { points, holes } : { points };
  }
  const box = [shape.x1, shape.y1, shape.x2, shape.y2];
  return shape.rotation ? { box, rotation: shape.rotation } : { box };
}

/** Null where `geometry` is neither a box nor a polygon. */
export function shapeFromWire(geometry: WireGeometry): Shape | null {
  if (geometry.points) return polygonShape(pairs(geometry.points), (geometry.holes ?? []).map(pairs));
  return boxOf(geometry.box, geometry.rotation);
}

function rowToWire(row: Region | Tag | Track): Omit<WireRegion, 'shape' | 'geometry'> {
  const { id, labelId, attributes, source, suggestionId } = row;
  const score = 'score' in row ? row.score : null;
  const z_index = 'zIndex' in row ? row.zIndex : 0;
  return { id, label_id: labelId, attributes, source, suggestion_id: suggestionId, score, z_index };
}

export function regionToWire(region: Region): WireRegion {
  return { ...rowToWire(region), shape: region.shape.type, geometry: shapeToWire(region.shape) };
}

export function tagToWire(tag: Tag): WireRegion {
  return { ...rowToWire(tag), shape: 'tag', geometry: {} };
}

export function trackToWire(track: Track): WireRegion {
  const keyframes = track.keyframes.map(({ frame, shape, outside, occluded }) => {
    const { box = [], rotation } = shapeToWire(shape);
    return rotation ? { frame, box, rotation, outside, occluded } : { frame, box, outside, occluded };
  });
  return { ...rowToWire(track), shape: 'track', geometry: { keyframes } };
}

function keyframeFromWire(wire: WireKeyframe, trackId: string): Keyframe {
  const shape = boxOf(wire.box, wire.rotation);
  if (!shape) throw new WireShapeError(trackId, 'track');
  return { frame: wire.frame, shape, outside: wire.outside ?? false, occluded: wire.occluded ?? false };
}

/** Sorts rows into the document's tables. `hidden` and `locked` live in the browser only. */
export function documentFromWire(
  rows: readonly WireRegion[],
  suggestions: readonly WireSuggestion[] = [],
): Required<DocumentData> {
  const regions: Region[] = [];
  const tags: Tag[] = [];
  const tracks: Track[] = [];
  for (const row of rows) {
    const { id, label_id: labelId, attributes, source, suggestion_id: suggestionId } = row;
    const base = { id, labelId, attributes, source, suggestionId };
    if (row.shape === 'tag') tags.push(base);
    else if (row.shape === 'track') {
      const keyframes = (row.geometry.keyframes ?? []).map((k) => keyframeFromWire(k, id));
      keyframes.sort((a, b) => a.frame - b.frame);
      tracks.push({ ...base, keyframes, hidden: false, locked: false });
    } else {
      const shape = shapeFromWire(row.geometry);
      if (shape?.type !== row.shape) throw new WireShapeError(id, row.shape);
      regions.push({ ...base, shape, score: row.score, zIndex: row.z_index, hidden: false, locked: false });
    }
  }
  return { regions, tags, tracks, suggestions: suggestions.map(suggestionFromWire) };
}

/** `superseded` and any state not known here count as rejected: not shown, not to be decided. */
export function suggestionFromWire(wire: WireSuggestion): Suggestion {
  const known: readonly string[] = ['open', 'accepted', 'fixed', 'rejected'] satisfies SuggestionStatus[];
  const status = known.includes(wire.state) ? (wire.state as SuggestionStatus) : 'rejected';
  const { id, label_id: labelId, score } = wire;
  return { id, labelId, score, status, shape: shapeFromWire(wire.geometry), attributes: {}, regionId: null };
}

/** A draft operation for the API; null for decisions on suggestions, which have an endpoint of their own. */
export function opToWire(op: DraftOp): WireOp | null {
  const { op_id } = op;
  switch (op.op) {
    case 'put':
    case 'delete':
      return { op_id, op: op.op, region: regionToWire(op.region) };
    case 'put_tag':
    case 'delete_tag':
      return { op_id, op: op.op === 'put_tag' ? 'put' : 'delete', region: tagToWire(op.tag) };
    case 'put_track':
    case 'delete_track':
      return { op_id, op: op.op === 'put_track' ? 'put' : 'delete', region: trackToWire(op.track) };
    case 'decide':
      return null;
  }
}
