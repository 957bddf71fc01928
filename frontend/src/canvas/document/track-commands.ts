/** Commands on tracks. Each is a pure function of the state; null where nothing would change. */

import { sameShape } from '../geometry/shape';
import { type BoxShape } from '../geometry/shapes/box';
import { newId } from './ids';
import type { Attributes, DocState, Keyframe, Track } from './model';
import { commandOf, drop, put, type Command } from './patches';
import { keyframeIndexAt, trackAt, withKeyframe } from './tracks';

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

/** A track that starts at `frame` with one keyframe. */
export function startTrack(
  state: DocState,
  labelId: string,
  frame: number,
  shape: BoxShape,
  attributes: Attributes = {},
): Command | null {
  const keyframes = [{ frame, shape, outside: false, occluded: false }];
  return addTrack(state, { labelId, keyframes, attributes });
}

function editable(state: DocState, id: string): Track | null {
  const track = state.tracks.get(id);
  return track && !track.locked ? track : null;
}

function change(name: string, track: Track, fields: Partial<Track>, mergeKey?: string): Command | null {
  return commandOf(name, [put('tracks', track, { ...track, ...fields })], mergeKey);
}

export function removeTracks(state: DocState, ids: Iterable<string>): Command | null {
  const found = [...ids].map((id) => editable(state, id)).filter((track) => track !== null);
  return commandOf(
    'Delete track',
    found.map((track) => drop('tracks', track)),
  );
}

export function changeTrackLabel(
  state: DocState,
  ids: Iterable<string>,
  labelId: string,
  values: (given: Attributes) => Attributes = (given) => given,
): Command | null {
  const found = [...ids].map((id) => editable(state, id)).filter((t) => t !== null && t.labelId !== labelId);
  return commandOf(
    'Change label',
    found.flatMap((track) =>
      track ? [put('tracks', track, { ...track, labelId, attributes: values(track.attributes) })] : [],
    ),
  );
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

/** States the track's place at `frame`; fields not given keep their interpolated value. */
export function setKeyframe(
  state: DocState,
  id: string,
  frame: number,
  fields: Partial<Omit<Keyframe, 'frame'>> = {},
  mergeKey?: string,
): Command | null {
  const track = editable(state, id);
  const first = track?.keyframes[0];
  if (!track || !first) return null;
  const place = trackAt(track, frame);
  const base = place ?? { shape: first.shape, outside: false, occluded: false, isKeyframe: false };
  const next: Keyframe = {
    frame,
    shape: fields.shape ?? base.shape,
    outside: fields.outside ?? base.outside,
    occluded: fields.occluded ?? base.occluded,
  };
  const same =
    place?.isKeyframe &&
    sameShape(place.shape, next.shape) &&
    place.outside === next.outside &&
    place.occluded === next.occluded;
  if (same) return null;
  return change('Set keyframe', track, { keyframes: withKeyframe(track.keyframes, next) }, mergeKey);
}

/** Removes the keyframe at `frame`; with the last one the track goes too. */
export function removeKeyframe(state: DocState, id: string, frame: number): Command | null {
  const track = editable(state, id);
  if (!track?.keyframes.some((keyframe) => keyframe.frame === frame)) return null;
  const keyframes = track.keyframes.filter((keyframe) => keyframe.frame !== frame);
  if (keyframes.length === 0) return commandOf('Delete track', [drop('tracks', track)]);
  return change('Remove keyframe', track, { keyframes });
}

/** Cuts a track in two: the second starts at `frame` with a keyframe. Null outside its span. */
export function splitTrack(state: DocState, id: string, frame: number): Command | null {
  const track = editable(state, id);
  const place = track && trackAt(track, frame);
  const index = track ? keyframeIndexAt(track.keyframes, frame - 1) : -1;
  if (!track || !place || index < 0) return null;
  const { shape, outside, occluded } = place;
  const head = track.keyframes.slice(0, index + 1);
  const before = trackAt(track, frame - 1);
  // The first half keeps its motion up to the cut, then ends.
  const held = before ? withKeyframe(head, { ...before, frame: frame - 1 }) : head;
  const ended = withKeyframe(held.map(plain), { frame, shape, outside: true, occluded });
  const tail = track.keyframes.filter((keyframe) => keyframe.frame > frame);
  const second: Track = {
    ...track,
    id: newId(),
    keyframes: [{ frame, shape, outside, occluded }, ...tail],
  };
  return commandOf('Split track', [
    put('tracks', track, { ...track, keyframes: ended }),
    put('tracks', null, second),
  ]);
}

function plain({ frame, shape, outside, occluded }: Keyframe): Keyframe {
  return { frame, shape, outside, occluded };
}

/** Joins two tracks into the first; where both state a frame, the first one's word counts. */
export function mergeTracks(state: DocState, intoId: string, fromId: string): Command | null {
  const into = editable(state, intoId);
  const from = editable(state, fromId);
  if (!into || !from || intoId === fromId) return null;
  let keyframes: readonly Keyframe[] = from.keyframes;
  for (const keyframe of into.keyframes) keyframes = withKeyframe(keyframes, keyframe);
  // The end of the earlier one is no longer an end where the later one goes on at once.
  const cleaned = keyframes.filter(
    (k) => !(k.outside && from.keyframes.some((o) => o.frame === k.frame && !o.outside)),
  );
  const starts = from.keyframes.filter((k) => !cleaned.some((c) => c.frame === k.frame));
  const joined = [...cleaned, ...starts].sort((a, b) => a.frame - b.frame);
  return commandOf('Merge tracks', [
    put('tracks', into, { ...into, keyframes: joined }),
    drop('tracks', from),
  ]);
}
