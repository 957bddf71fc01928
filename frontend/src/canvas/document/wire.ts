/**
 * The JSON forms of labels, draft operations and decisions as the API speaks them. Tags travel as a list of
 * label ids; tracks are regions whose geometry is keyframes. `hidden` and `locked` live in the browser only.
 */

import { shapeFromWire, shapeToWire, type ShapeType } from '../geometry/shape';
import type { WireGeometry, WireKeyframe } from '../geometry/shapes/kind';
import type {
  Attributes,
  DocState,
  DocumentData,
  Keyframe,
  KeyframeSource,
  Region,
  Source,
  Suggestion,
  SuggestionStatus,
  Tag,
  Track,
} from './model';
import type { DraftOp } from './ops';
import { newId } from './ids';
import { shapeOfTrack } from './tracks';

export type WireRegion = {
  region_id: string;
  label_id: string;
  shape: ShapeType | 'track';
  geometry: WireGeometry;
  attributes?: Readonly<Record<string, unknown>>;
  source?: Source;
  suggestion_id?: string | null;
  score?: number | null;
  z_index?: number;
  occluded?: boolean;
  group_id?: string | null;
};

export type WireLabels = { regions: readonly WireRegion[]; tags: readonly string[] };

export type WireSuggestion = {
  id: string;
  label_id: string;
  shape: string;
  geometry: WireGeometry;
  score: number | null;
  state: string;
};

export type WireDecision = { suggestion_id: string; state: 'accepted' | 'fixed' | 'rejected' };

export type WireOp =
  | { op_id: string; op: 'put'; region: WireRegion }
  | { op_id: string; op: 'delete'; region_id: string }
  | { op_id: string; op: 'tags'; tags: string[] };

/** A row whose geometry does not fit its shape: the server's fault, said loudly rather than drawn wrong. */
export class WireShapeError extends Error {
  constructor(id: string, shape: string) {
    super(`region ${id} says ${shape} but has no such geometry`);
    this.name = 'WireShapeError';
  }
}

function rowToWire(row: Region | Track): Omit<WireRegion, 'shape' | 'geometry'> {
  const { id, labelId, attributes, source, suggestionId } = row;
  const base = { region_id: id, label_id: labelId, attributes, source, suggestion_id: suggestionId };
  if (!('zIndex' in row)) return base;
  const { score, zIndex, occluded, groupId } = row;
  return { ...base, score, z_index: zIndex, occluded, group_id: groupId };
}

export function regionToWire(region: Region): WireRegion {
  return { ...rowToWire(region), shape: region.shape.type, geometry: shapeToWire(region.shape) };
}

export function trackToWire(track: Track): WireRegion {
  const keyframes = track.keyframes.map(({ shape, attributes, ...said }): WireKeyframe => ({
    ...said,
    ...(attributes && { attributes }),
    ...(shape && shapeToWire(shape)),
  }));
  return { ...rowToWire(track), shape: 'track', geometry: { of: shapeOfTrack(track), keyframes } };
}

export function tagsToWire(state: DocState): string[] {
  return [...state.tags.values()].map((tag) => tag.labelId).sort();
}

/** The whole document, as in a revision. */
export function labelsToWire(state: DocState): WireLabels {
  const regions = [...state.regions.values()].map(regionToWire);
  return { regions: [...regions, ...[...state.tracks.values()].map(trackToWire)], tags: tagsToWire(state) };
}

const SOURCES: readonly string[] = ['tracker', 'segmenter', 'interpolation'] satisfies KeyframeSource[];

/** What was stored before tracks had shapes is of boxes; a track of a tag has no place. */
function keyframeFromWire(wire: WireKeyframe, of: string, trackId: string): Keyframe {
  const shape = of === 'tag' ? null : shapeFromWire(of, wire);
  if (!shape && of !== 'tag') throw new WireShapeError(trackId, `track of ${of}`);
  const { frame, outside, occluded, by, confidence } = wire;
  const attributes = saidFromWire(wire.attributes);
  return {
    frame,
    shape,
    outside,
    occluded,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(by !== undefined && SOURCES.includes(by) && { by: by as KeyframeSource }),
    ...(typeof confidence === 'number' && { confidence }),
  };
}

/** As `attributesFromWire`; null takes a value back. */
function saidFromWire(given: Readonly<Record<string, unknown>> = {}): Attributes {
  const gone = Object.entries(given).filter(([, value]) => value === null);
  return { ...attributesFromWire(given), ...(Object.fromEntries(gone) as Attributes) };
}

function attributesFromWire(given: Readonly<Record<string, unknown>> = {}): Attributes {
  const isPlain = (value: unknown): value is string | number | boolean =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (isPlain(value) ? [[key, value]] : [])),
  );
}

/**
 * A document of a task's labels and suggestions. A draft that used a suggestion shows it as decided again;
 * `decisions` (kept by the host's journal) brings back the rejected ones. Throws WireShapeError.
 */
export function documentFromWire(
  labels: WireLabels,
  suggestions: readonly WireSuggestion[] = [],
  decisions: readonly WireDecision[] = [],
): Required<DocumentData> {
  const regions: Region[] = [];
  const tracks: Track[] = [];
  for (const row of labels.regions) {
    const { region_id: id, label_id: labelId, source = 'person' } = row;
    const attributes = attributesFromWire(row.attributes);
    const suggestionId = row.suggestion_id ?? null;
    const base = { id, labelId, attributes, source, suggestionId, hidden: false, locked: false };
    if (row.shape === 'track') {
      const { of = 'box' } = row.geometry;
      const keyframes = (row.geometry.keyframes ?? []).map((each) => keyframeFromWire(each, of, id));
      tracks.push({ ...base, keyframes: keyframes.sort((a, b) => a.frame - b.frame) });
    } else {
      const shape = shapeFromWire(row.shape, row.geometry);
      if (!shape) throw new WireShapeError(id, row.shape);
      const { score = null, z_index: zIndex = 0, occluded = false, group_id: groupId = null } = row;
      regions.push({ ...base, shape, score, zIndex, occluded, groupId });
    }
  }
  const tags = labels.tags.map((labelId): Tag => ({
    id: newId(),
    labelId,
    attributes: {},
    source: 'person',
    suggestionId: null,
  }));
  const said = new Map(decisions.map((each) => [each.suggestion_id, each.state]));
  const used = new Map([...regions, ...tracks].map((row) => [row.suggestionId, row]));
  const shown = suggestions.map(suggestionFromWire).map((each): Suggestion => {
    const region = used.get(each.id);
    if (each.status !== 'open') return each;
    if (!region) return { ...each, status: said.get(each.id) ?? 'open' };
    return { ...each, status: region.source === 'model' ? 'accepted' : 'fixed', regionId: region.id };
  });
  return { regions, tracks, tags, suggestions: shown };
}

/** `superseded` and any state not known here count as rejected: not shown, not to be decided. */
export function suggestionFromWire(wire: WireSuggestion): Suggestion {
  const known: readonly string[] = ['open', 'accepted', 'fixed', 'rejected'] satisfies SuggestionStatus[];
  const status = known.includes(wire.state) ? (wire.state as SuggestionStatus) : 'rejected';
  const { id, label_id: labelId, score } = wire;
  const base = { id, labelId, score, status, attributes: {}, regionId: null };
  if (wire.shape !== 'track') return { ...base, shape: shapeFromWire(wire.shape, wire.geometry) };
  const row = { region_id: id, label_id: labelId, shape: 'track', geometry: wire.geometry } as const;
  const track = documentFromWire({ regions: [row], tags: [] }).tracks[0]?.keyframes ?? [];
  return { ...base, track, shape: track[0]?.shape ?? null };
}

/**
 * Draft operations for the API. `state` is the document's after them: changed tags are sent as the whole
 * list. Decisions are not draft operations, see `decisionsToWire`.
 */
export function opsToWire(ops: readonly DraftOp[], state: DocState): WireOp[] {
  const out: WireOp[] = [];
  let tagsOpId: string | null = null;
  for (const op of ops) {
    const { op_id } = op;
    if (op.op === 'put') out.push({ op_id, op: 'put', region: regionToWire(op.region) });
    else if (op.op === 'put_track') out.push({ op_id, op: 'put', region: trackToWire(op.track) });
    else if (op.op === 'delete') out.push({ op_id, op: 'delete', region_id: op.region.id });
    else if (op.op === 'delete_track') out.push({ op_id, op: 'delete', region_id: op.track.id });
    else if (op.op === 'put_tag' || op.op === 'delete_tag') tagsOpId = op_id;
  }
  return tagsOpId === null ? out : [...out, { op_id: tagsOpId, op: 'tags', tags: tagsToWire(state) }];
}

/** What submit says of the suggestions: those decided in `state` that were open in `before`, as loaded. */
export function decisionsToWire(state: DocState, before: readonly WireSuggestion[]): WireDecision[] {
  const wasOpen = new Set(before.filter((each) => each.state === 'open').map((each) => each.id));
  return [...state.suggestions.values()].flatMap(({ id, status }) =>
    status === 'open' || !wasOpen.has(id) ? [] : [{ suggestion_id: id, state: status }],
  );
}
