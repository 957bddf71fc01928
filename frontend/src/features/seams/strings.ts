import { count, percent, plural } from '@/lib/numbers';

export const seamWords = {
  title: 'Where the parts meet',
  about: (name: string) =>
    `${name}: tracks that overlap by half over the shared frames are one by themselves. Join what was left apart, part what is not one.`,
  readOnly: 'Reviewers and managers join and part tracks.',
  seams: 'Seams',
  seam: (number: number) => `Parts ${count(number)} and ${count(number + 1)}`,
  oneTask: 'This video is one task',
  oneTaskWhy: 'Only a video in parts has seams.',
  toData: 'To the data',
  waits: (parts: readonly number[]) =>
    parts.length === 1
      ? `Part ${count(parts[0])} is not approved yet`
      : `Parts ${parts.map((part) => count(part)).join(' and ')} are not approved yet`,
  waitsWhy: 'Which tracks are one is told once both parts are approved.',
  noTracks: 'No tracks here',
  noTracksWhy: 'Neither part has a track, so nothing is to be joined.',
  list: 'Tracks at this seam',
  byThemselves: 'Joined by themselves',
  byHand: 'Joined by hand',
  apart: 'Kept apart by hand',
  idle: 'Links without effect now',
  leftIn: (part: number) => `Left over in part ${count(part)}`,
  nothing: 'None.',
  frames: (first: number, last: number) =>
    first === last ? `frame ${count(first + 1)}` : `frames ${count(first + 1)} to ${count(last + 1)}`,
  fromTo: (one: string, other: string) => `${one}, then ${other}`,
  overlap: (share: number | null) => (share === null ? 'apart' : percent(share)),
  overlapIs: (share: number | null) =>
    share === null ? 'Never there together' : `Overlap over the shared frames: ${percent(share)}`,
  gone: 'Track gone',
  saidBy: (name: string | undefined) => (name ? `By ${name}` : 'By hand'),
  join: 'Join',
  part: 'Part',
  forget: 'Take back',
  undo: 'Undo',
  chooseTwo: 'Choose a track on each side to join them.',
  unlike: 'Different labels or shapes cannot be one object.',
  joined: 'Joined',
  parted: 'Parted',
  forgotten: 'Taken back: as their overlap says',
  undone: 'Undone',
  sideName: (part: number) => `Part ${count(part)}`,
  picture: (label: string, frame: number) => `${label} at frame ${count(frame + 1)}`,
  frameIs: (frame: number) => `Frame ${count(frame + 1)}`,
  former: 'Earlier shared frame',
  next: 'Later shared frame',
  noPicture: 'The picture could not be loaded.',
  nothingChosen: 'Choose a track in the list.',
  more: (n: number) => `Show ${plural(n, 'more track')}`,
} as const;
