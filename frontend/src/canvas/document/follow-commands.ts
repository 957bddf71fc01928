/**
 * Takes into the document what was found by following an object. A person's keyframes are never changed, removed or
 * passed: they may have been set while the following went on.
 */
import type { DocState, Keyframe, Track } from './model';
import { commandOf, put, type Command } from './patches';

export type Followed = {
  /** The frame it was followed from, and where to. */
  readonly from: number;
  readonly direction: 1 | -1;
  /** The last frame followed to; null before the first. */
  readonly reached: number | null;
  /** In any order; all of them say `by`. */
  readonly keyframes: readonly Keyframe[];
  /** Where the object is at `from`, in case nobody had stated it. */
  readonly start: Keyframe;
};

/** Whether a person stated it. */
export const isPersons = ({ by }: Keyframe): boolean => by === undefined;

/** The nearest keyframe of a person's that lies ahead; null where none does. */
export function personsAhead(track: Track, from: number, direction: 1 | -1): Keyframe | null {
  const ahead = track.keyframes.filter((each) => isPersons(each) && (each.frame - from) * direction > 0);
  return (direction > 0 ? ahead[0] : ahead.at(-1)) ?? null;
}

/**
 * The track with what was followed in place of what was followed there before. Null where nothing would change: the
 * track is gone or locked.
 */
export function takeFollowed(
  state: DocState,
  trackId: string,
  followed: Followed,
  mergeKey: string,
): Command | null {
  const track = state.tracks.get(trackId);
  if (!track || track.locked) return null;
  const keyframes = withFollowed(track, followed);
  const same =
    keyframes.length === track.keyframes.length &&
    keyframes.every((each, at) => each === track.keyframes[at]);
  if (same) return null;
  return commandOf('Follow', [put('tracks', track, { ...track, keyframes })], mergeKey);
}

function withFollowed(track: Track, { from, direction, reached, keyframes, start }: Followed): Keyframe[] {
  const ahead = (frame: number): number => (frame - from) * direction;
  const wall = personsAhead(track, from, direction);
  const limit = wall ? ahead(wall.frame) : Infinity;
  const last = Math.max(reached === null ? 0 : ahead(reached), ...keyframes.map((each) => ahead(each.frame)));
  const kept = track.keyframes.filter(
    (each) => isPersons(each) || ahead(each.frame) <= 0 || ahead(each.frame) > last,
  );
  const taken = keyframes.filter((each) => ahead(each.frame) > 0 && ahead(each.frame) < limit);
  const begins = taken.length > 0 && !kept.some((each) => each.frame === from) ? [start] : [];
  return [...kept, ...begins, ...taken].sort((a, b) => a.frame - b.frame);
}
