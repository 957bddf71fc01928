/** Where a track is at a frame: pure functions on keyframes. `backend/core/tracks.py` says the same. */

import { shapeBetween } from '../geometry/between';
import type { Shape, ShapeType } from '../geometry/shape';
import type { Attributes, Keyframe, Track } from './model';

export type TrackPlace = {
  /** Null in tracks of a tag. */
  readonly shape: Shape | null;
  readonly outside: boolean;
  readonly occluded: boolean;
  /** Stated by a keyframe at this very frame, not interpolated. */
  readonly isKeyframe: boolean;
};

/** The shape a track has in every frame. */
export function shapeOfTrack(track: Pick<Track, 'keyframes'>): ShapeType | 'tag' {
  return track.keyframes[0]?.shape?.type ?? 'tag';
}

/** Index of the last keyframe at or before `frame`, -1 before the first. */
export function keyframeIndexAt(keyframes: readonly Keyframe[], frame: number): number {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((keyframes[mid]?.frame ?? Infinity) <= frame) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

/**
 * The track's place at `frame` (index of the presentation table); null before its first keyframe. It holds still
 * after the last one, and towards an `outside` keyframe: an object that leaves is not dragged to the place where it
 * was lost.
 */
export function trackAt(track: Pick<Track, 'keyframes'>, frame: number): TrackPlace | null {
  const index = keyframeIndexAt(track.keyframes, frame);
  const from = track.keyframes[index];
  if (!from) return null;
  const { shape, outside, occluded } = from;
  const place = { shape, outside, occluded, isKeyframe: from.frame === frame };
  const to = track.keyframes[index + 1];
  if (place.isKeyframe || !to || outside || to.outside || !shape || !to.shape) return place;
  const share = (frame - from.frame) / (to.frame - from.frame);
  return { ...place, shape: shapeBetween(shape, to.shape, share) };
}

/** What keyframes up to `frame` said of the attributes; the track's own hold for the rest. */
export function saidUpTo(track: Pick<Track, 'keyframes'>, frame: number): Attributes {
  const index = keyframeIndexAt(track.keyframes, frame);
  return Object.assign(
    {},
    ...track.keyframes.slice(0, index + 1).map((each) => each.attributes),
  ) as Attributes;
}

/** A track's attributes at `frame`. */
export function attributesAt(track: Track, frame: number): Attributes {
  const all = Object.entries({ ...track.attributes, ...saidUpTo(track, frame) });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}

/** Keyframes with `keyframe` put in its place, replacing one of the same frame. */
export function withKeyframe(keyframes: readonly Keyframe[], keyframe: Keyframe): Keyframe[] {
  const rest = keyframes.filter((other) => other.frame !== keyframe.frame);
  return [...rest, keyframe].sort((a, b) => a.frame - b.frame);
}

export type Span = { from: number; to: number | null };

/** Spans `[from, to)` of frames in which the track is present; `to` is null while it still is. */
export function trackSpans(track: Pick<Track, 'keyframes'>): Span[] {
  return spansWhere(track, (keyframe) => !keyframe.outside);
}

/** The frame nearest to `frame` on which the track is present; null where it never is. */
export function nearestFrame(track: Pick<Track, 'keyframes'>, frame: number): number | null {
  const near = trackSpans(track).map(({ from, to }) => Math.max(from, Math.min(frame, (to ?? Infinity) - 1)));
  return near.sort((a, b) => Math.abs(a - frame) - Math.abs(b - frame))[0] ?? null;
}

/** Spans in which the track is present but covered. */
export function coveredSpans(track: Pick<Track, 'keyframes'>): Span[] {
  return spansWhere(track, (keyframe) => !keyframe.outside && keyframe.occluded);
}

function spansWhere(track: Pick<Track, 'keyframes'>, holds: (keyframe: Keyframe) => boolean): Span[] {
  const spans: Span[] = [];
  let start: number | null = null;
  for (const keyframe of track.keyframes) {
    const { frame } = keyframe;
    if (holds(keyframe) && start === null) start = frame;
    if (!holds(keyframe) && start !== null) {
      spans.push({ from: start, to: frame });
      start = null;
    }
  }
  if (start !== null) spans.push({ from: start, to: null });
  return spans;
}
