import type { Feed } from '@/features/live/api';

export const liveWords = {
  title: 'Live',
  add: 'Add feed',
  none: 'No feed yet',
  noneWhy:
    'A feed is a camera, a file or a folder that the production model watches. It sends unsure pictures back to be labelled.',
  now: 'Now',
  events: 'Events',
  sentBack: 'Sent back',
  noEvents: 'Nothing has happened yet.',
  noCaptures: 'No picture was sent back yet. Unsure ones and a few at random come here to be labelled.',
  wallDown: 'The picture stream is interrupted; trying again. The feeds go on.',
  tooMany: 'The wall shows the first 16 feeds.',
  silent: 'No picture for',
  unwatched: 'No worker has taken this camera',
  unwatchedWhy:
    'Every feed worker is full, or none runs. Start one more on any machine of this site: manage.py feed_worker.',
  processOnly: 'Counts only: no picture is kept or shown.',
  calibrate: 'Calibrate the floor',
  mirror: 'Mirror mode',
  noMetres: {
    moved: 'camera moved: no metres',
    lost: 'view lost: no metres',
  },
  settings: 'Settings',
  zones: 'Zones and lines…',
  pause: 'Pause',
  resume: 'Resume',
  restart: 'Start again',
  history: 'Counts and history',
  grow: 'Fill the wall',
  shrink: 'Back to all feeds',
  remove: 'Remove feed…',
  removeLosing: 'Its events, counts and settings go. Pictures it sent back stay in the project.',
  name: 'Name',
  namePlaceholder: 'Dock 3',
  camera: 'Camera',
  cameraAbout: 'So that its pictures are known by camera and site.',
  source: 'Where from',
  address: 'Address',
  user: 'User name',
  password: 'Password',
  secretAbout: 'Only if the camera asks for them. They are stored encrypted and never shown again.',
  test: 'Test connection',
  testAbout: 'Opens it once and shows a picture. Nothing is stored.',
  testing: 'Waiting for the first picture…',
  stillAlt: 'What the source shows now',
  works: (width: number, height: number, seconds: number) =>
    `It works: ${width} × ${height}, the first picture after ${seconds.toFixed(1)} s.`,
  newAddress: 'Another address',
  newAddressAbout: 'Type it in full, with user name and password if the camera asks for them.',
  motionGate: 'Look only when something moves',
  motionGateAbout:
    'Saves computing time. Tracked objects are followed while they stand still, and a full look comes every 5 s. Small things far away may start to move unseen.',
  loop: 'Start over at the end',
  video: 'Video',
  noVideos: 'This project holds no video yet.',
} as const;

export const floorWords = {
  title: 'On the floor',
  about: 'Metres are shown where the camera is calibrated.',
  calibrateLink: 'Calibrate',
  label: 'People are labelled',
  limit: 'Too near below',
  circles: 'Circles',
  distances: 'Distances',
  speeds: 'Speeds',
} as const;

export const mirrorWords = {
  back: 'Back to the wall',
  soundOn: 'Sound is on',
  soundOff: 'Sound is off',
  soundAbout: 'A short tone when somebody comes too near',
  full: 'Full screen',
  log: 'Log',
  logEmpty: 'Nothing was counted yet.',
  status: 'Status as JSON',
  person: 'person',
  people: 'people',
  near: 'too near',
  unsure: 'not sure',
  none: 'This camera is not calibrated, so no metres are shown.',
  moved: 'The camera seems to have moved. Metres are hidden until somebody has looked.',
  lost: 'Nothing of the calibrated view is seen, so no metres are shown meanwhile.',
  calibrate: 'Calibrate',
  look: 'Look now',
  waiting: 'Waiting for a picture…',
  processOnly: 'This feed counts only and shows no picture.',
} as const;
/** Kinds that name a place in a network. */
export const ADDRESS_KINDS: ReadonlySet<Feed['source_kind']> = new Set(['rtsp', 'hls', 'mjpeg']);
/** Kinds that run on by themselves: there is no end to start over at. */
export const LIVE_KINDS: ReadonlySet<Feed['source_kind']> = new Set(['rtsp', 'hls', 'mjpeg', 'usb']);

export const STATE_WORDS: Record<Feed['state'], string> = {
  starting: 'Starting',
  online: 'Online',
  stalled: 'Stalled',
  offline: 'Offline',
  paused: 'Paused',
  ended: 'Ended',
};
const STATE_COLORS: Record<Feed['state'], string> = {
  starting: 'blue',
  online: 'teal',
  stalled: 'yellow',
  offline: 'red',
  paused: 'gray',
  ended: 'gray',
};
/** A feed's state in a word or two and its colour. Without a worker, what was said last does not hold any more. */
export function stateShown(feed: Pick<Feed, 'state' | 'is_unwatched'>): { text: string; color: string } {
  if (feed.is_unwatched) return { text: 'Not watched', color: 'yellow' };
  return { text: STATE_WORDS[feed.state], color: STATE_COLORS[feed.state] };
}
export const VIEW_WORDS: Record<string, string> = {
  moved: 'The camera seems to have moved; its metres are hidden',
  lost: 'Nothing of the calibrated view is seen; no metres meanwhile',
  same: 'The calibrated view is back',
};
export const REASON_WORDS: Record<string, string> = {
  random: 'at random',
  near_threshold: 'unsure',
  rare: 'rare here',
  disagreement: 'models disagree',
  motion: 'moved, nothing found',
  missed: 'missed, a person said',
  wrong_alert: 'wrong alert',
};
export const SOURCES: { value: Feed['source_kind']; label: string; about: string; placeholder: string }[] = [
  {
    value: 'rtsp',
    label: 'RTSP camera',
    about:
      'What most network cameras speak. The address is in the camera’s manual; an operator lists which hosts are allowed.',
    placeholder: 'rtsp://192.168.1.20:554/stream1',
  },
  {
    value: 'hls',
    label: 'HLS stream',
    about: 'A playlist from a recorder or a video platform. It runs some seconds behind.',
    placeholder: 'https://recorder.example.com/dock3/live.m3u8',
  },
  {
    value: 'mjpeg',
    label: 'MJPEG camera',
    about: 'A page of a camera that sends one JPEG after another.',
    placeholder: 'http://192.168.1.20/video.mjpg',
  },
  {
    value: 'usb',
    label: 'USB camera',
    about: 'A camera plugged into the server itself.',
    placeholder: '/dev/video0',
  },
  {
    value: 'file',
    label: 'File',
    about: 'A video on the server, below a folder that an operator opened to feeds.',
    placeholder: 'clips/dock3.mp4',
  },
  {
    value: 'folder',
    label: 'Folder',
    about: 'A folder of pictures on the server, shown in the order of their names.',
    placeholder: 'stills/dock3',
  },
  { value: 'asset', label: 'Video here', about: 'A video that was added to this project.', placeholder: '' },
];

export const captureWords = {
  title: 'Pictures sent back to be labelled',
  about: 'Apart from what raises alerts. Each reason has its own number an hour, inside the whole one.',
  band: 'Unsure means a score between',
  bandWhy: 'There a label teaches most.',
  fields: {
    capture_per_hour: { label: 'All together, an hour', about: 'Never more than this' },
    capture_gap_s: { label: 'At least apart', about: 'Between two, random ones aside' },
    capture_random_per_hour: { label: 'At random', about: 'Drawn before the model looks, to measure on' },
    capture_unsure_per_hour: { label: 'Unsure', about: 'A score in the band below' },
    capture_rare_per_hour: { label: 'Rare here', about: 'A label seldom seen or seldom approved' },
    capture_disagreement_per_hour: {
      label: 'Two looks disagree',
      about: 'A model on its way, or the same one in the mirror',
    },
    capture_motion_per_hour: {
      label: 'Moved, nothing found',
      about: 'Something moves that the model does not see',
    },
  },
} as const;
