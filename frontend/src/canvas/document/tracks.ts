/** Where a track is at a frame: pure functions on keyframes. Frames are indices of the presentation table. */

import type { BoxShape } from '../geometry/shapes/box';
import { boxShape } from '../geometry/shapes/box';
import type { Keyframe, Track } from './model';

export type TrackPlace = {
  readonly shape: BoxShape;
  readonly outside: boolean;
  readonly occluded: boolean;
  /** Stated by a keyframe at this very frame, not interpolated. */
  readonly isKeyframe: boolean;
};

/** The shorter way round, degrees. */
function mixAngle(a: number, b: number, t: number): number {
  const turn = ((((b - a) % 360) + 540) % 360) - 180;
  return a + turn * t;
}

/** Linear between two boxes, `t` in 0..1. */
export function interpolateBox(a: BoxShape, b: BoxShape, t: number): BoxShape {
  const mix = (from: number, to: number): number => from + (to - from) * t;
  return boxShape(
    { x1: mix(a.x1, b.x1), y1: mix(a.y1, b.y1), x2: mix(a.x2, b.x2), y2: mix(a.y2, b.y2) },
    mixAngle(a.rotation ?? 0, b.rotation ?? 0, t),
  );
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
 * The track's place at `frame`; null before its first keyframe. It holds still after the last one, and
 * towards an `outside` keyframe: an object that leaves is not dragged to the place where it was lost.
 */
export function trackAt(track: Track, frame: number): TrackPlace | null {
  const index = keyframeIndexAt(track.keyframes, frame);
  const from = track.keyframes[index];
  if (!from) return null;
  const { outside, occluded } = from;
  if (from.frame === frame) return { shape: from.shape, outside, occluded, isKeyframe: true };
  const to = track.keyframes[index + 1];
  if (!to || outside || to.outside) return { shape: from.shape, outside, occluded, isKeyframe: false };
  const t = (frame - from.frame) / (to.frame - from.frame);
  return { shape: interpolateBox(from.shape, to.shape, t), outside, occluded, isKeyframe: false };
}

/** Keyframes with `keyframe` put in its place, replacing one of the same frame. */
export function withKeyframe(keyframes: readonly Keyframe[], keyframe: Keyframe): Keyframe[] {
  const rest = keyframes.filter((other) => other.frame !== keyframe.frame);
  return [...rest, keyframe].sort((a, b) => a.frame - b.frame);
}

export type Span = { from: number; to: number | null };

/** Spans `[from, to)` of frames in which the track is present; `to` is null while it still is. */
export function trackSpans(track: Track): Span[] {
  return spansWhere(track, (keyframe) => !keyframe.outside);
}

/** Spans in which the track is present but covered. */
export function coveredSpans(track: Track): Span[] {
  return spansWhere(track, (keyframe) => !keyframe.outside && keyframe.occluded);
}

function spansWhere(track: Track, holds: (keyframe: Keyframe) => boolean): Span[] {
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
