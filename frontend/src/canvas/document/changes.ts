/** Where something said of a video's objects changes, along its frames. */

import type { Shape } from '../geometry/shape';
import { completed, keyframesWithDefaults } from './attributes';
import type { Attributes, DocState, LabelDef, Suggestion, Track } from './model';

/** What is said of an object through a video: a track, or a suggested one. */
export type Course = Pick<Track, 'keyframes' | 'attributes'>;

/**
 * The chosen tracks and suggested tracks; where none is chosen, all tracks that are not hidden, with the `dashed` ones.
 * Attributes as they count, the defaults of their labels among them.
 */
export function coursesOf(
  { tracks, suggestions }: DocState,
  chosen: readonly string[],
  labelOf: (labelId: string) => LabelDef | undefined = () => undefined,
  dashed: readonly Suggestion[] = [],
): Course[] {
  const rows =
    chosen.length > 0
      ? chosen.flatMap((id) => tracks.get(id) ?? suggestions.get(id) ?? [])
      : [...[...tracks.values()].filter((track) => !track.hidden), ...dashed];
  return rows.flatMap((row) => {
    const keyframes = 'keyframes' in row ? row.keyframes : row.track;
    return keyframes ? withDefaults({ keyframes, attributes: row.attributes }, labelOf(row.labelId)) : [];
  });
}

function withDefaults({ keyframes, attributes }: Course, label: LabelDef | undefined): Course {
  return {
    attributes: { ...attributes, ...completed(label, attributes) },
    keyframes: keyframesWithDefaults(label, keyframes),
  };
}

/** Frames with a keyframe of any of them, rising, each once. */
export function keyframesOf(courses: readonly Course[]): number[] {
  return rising(courses.flatMap(({ keyframes }) => keyframes.map((each) => each.frame)));
}

/**
 * Frames on which one of them is another than on the frame before, rising, each once: it begins, leaves, comes back, is
 * covered or no more, an attribute has another value, a keypoint is seen otherwise. What only moves does not change.
 */
export function changesOf(courses: readonly Course[]): number[] {
  return rising(courses.flatMap(changesOfOne));
}

const rising = (frames: readonly number[]): number[] => [...new Set(frames)].sort((a, b) => a - b);

function changesOfOne({ keyframes, attributes }: Course): number[] {
  const said: Record<string, Attributes[string]> = { ...attributes };
  let before = 'away';
  return keyframes.flatMap((keyframe) => {
    const isSaidOtherwise = Object.entries(keyframe.attributes ?? {}).some(
      ([key, value]) => (said[key] ?? '') !== (value ?? ''),
    );
    Object.assign(said, keyframe.attributes);
    const { frame, outside, occluded, shape } = keyframe;
    const now = outside ? 'away' : `${occluded ? 'covered' : 'seen'} ${pointsSeen(shape)}`;
    const isOther = now !== before || (!outside && isSaidOtherwise);
    before = now;
    return isOther ? [frame] : [];
  });
}

/** Which keypoints are visible, covered, absent; they hold from one keyframe to the next. */
function pointsSeen(shape: Shape | null): string {
  return shape?.type === 'skeleton' ? shape.keypoints.map((each) => each.v).join('') : '';
}
