import { count } from '@/lib/numbers';

const NBSP = '\u00a0';

export const videoWords = {
  timeline: 'Timeline',
  tracks: 'Tracks',
  play: 'Play',
  pause: 'Pause',
  /** Of which clock time, where that is known. */
  place: (n: number, time: string | null) => (time === null ? count(n) : `${count(n)} · ${time}`),
  total: (n: number) => `of ${count(n)}`,
  /** Frames from 0; said where only a part of the video is open. */
  reach: (first: number, last: number) => `${count(first + 1)} to ${count(last + 1)}`,
  frameBack: 'Previous frame',
  frameOn: 'Next frame',
  keyframeBack: 'Previous keyframe',
  keyframeOn: 'Next keyframe',
  changeBack: 'Previous change',
  changeOn: 'Next change',
  changeAbout: ': where an object begins, leaves, comes back, is covered, or an attribute changes',
  /** Why a jump went nowhere. */
  noMore: (to: 'keyframe' | 'change', direction: 1 | -1, isChosen: boolean) =>
    `No ${to}${isChosen ? ' of what is selected' : ''} ${direction > 0 ? 'after' : 'before'} this frame`,
  goTo: 'Go to a frame or a time',
  goToHow: 'A frame’s number, or a time such as 1:02.5 or 12 s',
  notUnderstood: 'Type a frame’s number, or a time such as 1:02.5',
  waits: 'Fetching the frame',
  coarse: (n: number) => `Preview of frame${NBSP}${count(n)}`,
  retry: 'Try again',
  noTimes: 'Without the table of times this video cannot be played. Reload the page to try again.',
  noTracks: 'No tracks yet',
  covered: 'Covered',
  followed: (sure: string) => `Followed here, sure to ${sure}`,
  /** Before the label's name of a dashed lane, unless its page means something else by it. */
  suggested: 'Suggested',
  moreDashed: (n: number) => `${count(n)} more in the list`,
  moreSuggested: (n: number) => `${count(n)} more in the list of suggestions`,
  away: 'Not in the picture',
  dragStart: 'Drag: where it begins',
  dragEnd: 'Drag: where it ends',
  zoomIn: 'Show less of the timeline',
  zoomOut: 'Show more of the timeline',
  zoomAll: 'Show all of the timeline',
  unknownLabel: 'unknown label',
};
