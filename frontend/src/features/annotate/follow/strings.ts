/** The words of following an object through a video. */
import { refusals } from '@/canvas/words';
import { count, percent } from '@/lib/numbers';

const NBSP = ' ';

export const followWords = {
  follow: 'Follow',
  on: 'Follow forwards',
  onAbout: 'Find it in the frames after this one, up to your next keyframe',
  back: 'Follow backwards',
  backAbout: 'Find it in the frames before this one, down to your keyframe before',
  stop: 'Stop',
  bar: 'Following',
  close: 'Close this note',
  goThere: 'Go there',
  fill: 'Fill both sides',
  fillAbout: 'Find it between this frame and your keyframes before and after, from both ends',
  returning: 'Now back from your keyframe',
  nothingBetween: 'Set a keyframe on another frame too: what lies between two of yours is filled.',
  starting: 'Getting ready to follow it',
  stopping: 'Stopping',
  following: (frame: number, sure: number | null) =>
    `Followed to frame${NBSP}${count(frame + 1)}${sure === null ? '' : `, sure to ${percent(sure)}`}`,
  pickOne: 'Select one track to follow.',
  locked: 'This track is locked.',
  notHere: 'It is not in the picture at this frame. Go to where it is.',
  /** The frame shown is not the one that was asked for. */
  notYet: refusals.unseen,
  noFrames: 'There are no frames that way.',
  keyframeIsNext: 'Your own keyframe is the very next frame.',
  done: {
    end: (frame: string) => `Followed to ${frame}, as far as was asked.`,
    keyframe: 'Filled up to your keyframe.',
    unsure: (frame: string) => `Filled up to your keyframe. Look at ${frame} first: it is least sure there.`,
    apart: (frame: string) =>
      `Filled up to your keyframe, but what comes from its two ends does not meet. Look at ${frame} first.`,
    elsewhere: (frame: string) =>
      `Found from one end only, and that way does not lead to the other. Look at ${frame} first.`,
    lost: (frame: string) => `Lost after ${frame}: it looked too little like itself there.`,
    left: (frame: string) => `It left the picture after ${frame}.`,
    damaged: (frame: string) => `Stopped at ${frame}: the video is damaged behind it.`,
  },
  nothing: 'Lost at once: it looks different in the very next frames. Draw it again a little on.',
  cancelled: (frame: string) => `Stopped at ${frame}. What was found is kept; undo takes it back.`,
  cancelledEmpty: 'Stopped before anything was found.',
  yours: (frame: string) => `Stopped at ${frame}: you set a keyframe there.`,
  undone: 'Stopped: what was followed was undone.',
  gone: 'Stopped: the track is not there any more, or it was locked.',
  failed: 'It could not be followed. Try again.',
  frame: (frame: number) => `frame${NBSP}${count(frame + 1)}`,
};
