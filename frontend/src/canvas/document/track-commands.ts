/** Commands on tracks. Each is a pure function of the state; null where nothing would change. */

import { sameShape, type Shape } from '../geometry/shape';
import { newId } from './ids';
import type { Attributes, DocState, Keyframe, Track } from './model';
import { commandOf, drop, put, type Command } from './patches';
import { attributesAt, shapeOfTrack, trackAt, withKeyframe } from './tracks';

export function addTrack(
  state: DocState,
  fields: Pick<Track, 'labelId' | 'keyframes'> & Partial<Track>,
): Command | null {
  if (fields.keyframes.length === 0 || (fields.id && state.tracks.has(fields.id))) return null;
  const blank = {
    attributes: {},
    source: 'person',
    suggestionId: null,
    hidden: false,
    locked: false,
  } as const;
  return commandOf('Add track', [put('tracks', null, { id: newId(), ...blank, ...fields })]);
}

/** A track that starts at `frame` with one keyframe; without a shape, a tag that holds from there on. */
export function startTrack(
  state: DocState,
  labelId: string,
  frame: number,
  shape: Shape | null,
  attributes: Attributes = {},
): Command | null {
  const keyframes = [{ frame, shape, outside: false, occluded: false }];
  return addTrack(state, { labelId, keyframes, attributes });
}

export function editable(state: DocState, id: string): Track | null {
  const track = state.tracks.get(id);
  return track && !track.locked ? track : null;
}

export function change(
  name: string,
  track: Track,
  fields: Partial<Track>,
  mergeKey?: string,
): Command | null {
  return commandOf(name, [put('tracks', track, { ...track, ...fields })], mergeKey);
}

export function removeTracks(state: DocState, ids: Iterable<string>): Command | null {
  const found = [...ids].map((id) => editable(state, id)).filter((track) => track !== null);
  return commandOf(
    'Delete track',
    found.map((track) => drop('tracks', track)),
  );
}

/** Attributes of the new label only: a keyframe's of the former one would be refused. */
export function changeTrackLabel(
  state: DocState,
  ids: Iterable<string>,
  labelId: string,
  values: (given: Attributes) => Attributes = (given) => given,
): Command | null {
  const found = [...ids].map((id) => editable(state, id)).filter((t) => t !== null && t.labelId !== labelId);
  return commandOf(
    'Change label',
    found.flatMap((track) => (track ? [put('tracks', track, relabelled(track, labelId, values))] : [])),
  );
}

function relabelled(track: Track, labelId: string, values: (given: Attributes) => Attributes): Track {
  const keyframes = track.keyframes.map((each) => {
    if (!each.attributes) return each;
    const known = values(each.attributes);
    const lost = Object.keys(each.attributes).filter((key) => !(key in known));
    return unsaid(each, lost);
  });
  return { ...track, labelId, attributes: values(track.attributes), keyframes };
}

export function setTrackFlags(
  state: DocState,
  ids: Iterable<string>,
  flags: Partial<Pick<Track, 'hidden' | 'locked'>>,
): Command | null {
  const patches = [...ids].flatMap((id) => {
    const track = state.tracks.get(id);
    return track ? [put('tracks', track, { ...track, ...flags })] : [];
  });
  return commandOf('Change track', patches);
}

/**
 * The keyframe that states the track's place at `frame` as it is there, before its first as it is in that; what a
 * keyframe of the frame says of attributes stays. It is a person's: what a machine said of itself goes.
 */
export function statedAt(track: Track, frame: number): Keyframe | null {
  const [first] = track.keyframes;
  if (!first) return null;
  const { shape, outside, occluded } = trackAt(track, frame) ?? { ...first, outside: false };
  const attributes = track.keyframes.find((each) => each.frame === frame)?.attributes;
  return { frame, shape, outside, occluded, ...(attributes && { attributes }) };
}

const sameKeyframe = (one: Keyframe, other: Keyframe): boolean =>
  one.outside === other.outside &&
  one.occluded === other.occluded &&
  one.by === other.by &&
  (one.shape && other.shape ? sameShape(one.shape, other.shape) : one.shape === other.shape);

/**
 * States the track's place at `frame`; fields not given keep their interpolated value. Null for another shape than the
 * track's, and where it would be nowhere to be seen.
 */
export function setKeyframe(
  state: DocState,
  id: string,
  frame: number,
  fields: Partial<Pick<Keyframe, 'shape' | 'outside' | 'occluded'>> = {},
  mergeKey?: string,
): Command | null {
  const track = editable(state, id);
  const base = track && statedAt(track, frame);
  if (!track || !base) return null;
  if (fields.shape && fields.shape.type !== shapeOfTrack(track)) return null;
  const next: Keyframe = { ...base, ...fields };
  const now = track.keyframes.find((each) => each.frame === frame);
  if (now && sameKeyframe(now, next)) return null;
  const keyframes = withKeyframe(track.keyframes, next);
  if (keyframes.every((each) => each.outside)) return null;
  return change('Set keyframe', track, { keyframes }, mergeKey);
}

/**
 * Attributes of tracks: with a frame, from there to where a keyframe says otherwise; with null, of all frames,
 * whatever keyframes said. A value of null clears one.
 */
export function setTrackAttributes(
  state: DocState,
  ids: Iterable<string>,
  frame: number | null,
  values: Attributes,
): Command | null {
  const patches = [...ids].flatMap((id) => {
    const track = editable(state, id);
    const next = track && (frame === null ? withAll(track, values) : withSaid(track, frame, values));
    return track && next ? [put('tracks', track, next)] : [];
  });
  return commandOf('Change attributes', patches);
}

function withAll(track: Track, values: Attributes): Track | null {
  const entries = Object.entries({ ...track.attributes, ...values }).filter(([, value]) => value !== null);
  const attributes = Object.fromEntries(entries);
  const isSaid = track.keyframes.some((each) =>
    Object.keys(values).some((key) => key in (each.attributes ?? {})),
  );
  if (!isSaid && JSON.stringify(attributes) === JSON.stringify(track.attributes)) return null;
  return {
    ...track,
    attributes,
    keyframes: track.keyframes.map((each) => unsaid(each, Object.keys(values))),
  };
}

function unsaid(keyframe: Keyframe, keys: readonly string[]): Keyframe {
  const { attributes, ...rest } = keyframe;
  if (!attributes) return keyframe;
  const left = Object.entries(attributes).filter(([key]) => !keys.includes(key));
  return left.length ? { ...rest, attributes: Object.fromEntries(left) } : rest;
}

function withSaid(track: Track, frame: number, values: Attributes): Track | null {
  const base = statedAt(track, frame);
  if (!base) return null;
  const now = attributesAt(track, frame);
  const changed = Object.entries(values).filter(([key, value]) => (now[key] ?? null) !== value);
  if (changed.length === 0) return null;
  const attributes = { ...base.attributes, ...Object.fromEntries(changed) };
  return { ...track, keyframes: withKeyframe(track.keyframes, { ...base, attributes }) };
}

/** Removes the keyframe at `frame`; with the last one on which it is there the track goes too. */
export function removeKeyframe(state: DocState, id: string, frame: number): Command | null {
  const track = editable(state, id);
  if (!track?.keyframes.some((keyframe) => keyframe.frame === frame)) return null;
  const keyframes = track.keyframes.filter((keyframe) => keyframe.frame !== frame);
  if (!keyframes.some((keyframe) => !keyframe.outside))
    return commandOf('Delete track', [drop('tracks', track)]);
  return change('Remove keyframe', track, { keyframes });
}
