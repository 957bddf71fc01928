/**
 * A video's frame as if it were a picture: each track that is there as an object of its shape. What is done to these
 * objects (painted, cut, joined, filled) becomes keyframes of their tracks, so that whatever works on a picture works
 * on a frame.
 */

import type { Shape } from '../geometry/shape';
import type { DocState, Region, Track } from './model';
import { batch, type Command, type Patch } from './patches';
import { addTrack, removeTracks, setKeyframe } from './track-commands';
import { attributesAt, trackAt } from './tracks';

/** Tracks at `frame` as regions of the same ids, beside what else the document holds. */
export function stillState(state: DocState, frame: number): DocState {
  const regions = new Map(state.regions);
  [...state.tracks.values()].forEach((track, zIndex) => {
    const place = trackAt(track, frame);
    if (place?.shape && !place.outside) regions.set(track.id, regionOf(track, frame, place.shape, zIndex));
  });
  return { ...state, regions };
}

function regionOf(track: Track, frame: number, shape: Shape, zIndex: number): Region {
  const { id, labelId, source, suggestionId, hidden, locked } = track;
  const occluded = trackAt(track, frame)?.occluded ?? false;
  const attributes = attributesAt(track, frame);
  const rest = { score: null, zIndex, occluded, groupId: null };
  return { id, labelId, shape, attributes, source, suggestionId, hidden, locked, ...rest };
}

/**
 * What `make` does to the objects of a frame, done to their tracks: a changed shape is a keyframe, a new object a new
 * track from there on. What is taken away leaves the picture there; where nothing of it would be left, its track goes.
 */
export function onFrame(
  state: DocState,
  frame: number,
  make: (still: DocState) => Command | null,
): Command | null {
  const command = make(stillState(state, frame));
  return (
    command &&
    batch(
      state,
      command.name,
      command.patches.map((patch) => (at) => stepOf(at, frame, patch)),
    )
  );
}

/** A track of what was drawn on a frame, under the same id. */
function trackFrom(state: DocState, frame: number, region: Region): Command | null {
  const { id, labelId, attributes, shape, occluded } = region;
  return addTrack(state, {
    id,
    labelId,
    attributes,
    keyframes: [{ frame, shape, outside: false, occluded }],
  });
}

function stepOf(state: DocState, frame: number, patch: Patch): Command | null {
  if (patch.table !== 'regions') return { name: '', patches: [patch] };
  const { id, after } = patch;
  if (!state.tracks.has(id)) return after && trackFrom(state, frame, after);
  if (after) return setKeyframe(state, id, frame, { shape: after.shape });
  return setKeyframe(state, id, frame, { outside: true }) ?? removeTracks(state, [id]);
}
