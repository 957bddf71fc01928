import { count } from '@/lib/numbers';

export const videoWords = {
  timeline: 'Timeline',
  play: 'Play',
  pause: 'Pause',
  /** Of which clock time, where that is known. */
  place: (n: number, time: string | null) => (time === null ? count(n) : `${count(n)} · ${time}`),
  total: (n: number) => `of ${count(n)}`,
  frameBack: 'Previous frame',
  frameOn: 'Next frame',
  keyframeBack: 'Previous keyframe',
  keyframeOn: 'Next keyframe',
  goTo: 'Go to a frame or a time',
  goToHow: 'A frame’s number, or a time such as 1:02.5 or 12 s',
  notUnderstood: 'Type a frame’s number, or a time such as 1:02.5',
  waits: 'Fetching the frame',
  retry: 'Try again',
  noTimes: 'Without the table of times this video cannot be played. Reload the page to try again.',
  noTracks: 'No tracks yet',
  covered: 'Covered',
  unknownLabel: 'unknown label',
};
