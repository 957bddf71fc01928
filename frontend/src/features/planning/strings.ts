import { NBSP, plural } from '@/lib/numbers';
import { duration } from '@/lib/time';

import { spent } from './figures';

const KINDS = { label: 'to label', review: 'to review' } as const;
type Kind = keyof typeof KINDS;

export const planningWords = {
  title: 'Planning',
  about: 'Who does what in the next days. People see their own part in My work; nobody is ranked.',
  finish: 'When it is done',
  open: 'Open work',
  kind: (kind: Kind) => KINDS[kind],
  takes: (minutes: number, seconds: number) =>
    `about ${spent(minutes)}, ${duration(seconds).replaceAll(' ', NBSP)} a picture`,
  measured: (pictures: number) => `the middle of ${plural(pictures, 'picture')} here`,
  none: 'None waits.',
  assumed: 'assumed: too few were measured yet',
  people: 'People',
  peopleAbout: 'Kept as soon as you leave a field.',
  person: 'Person',
  minutes: 'Minutes a day',
  minutesOf: (name: string) => `Minutes a day of ${name}`,
  labels: 'Set up for',
  labelsOf: (name: string) => `Labels ${name} is set up for`,
  allLabels: 'All labels',
  hand: 'In hand',
  inHand: (pictures: number, minutes: number) => `${plural(pictures, 'picture')}, ${spent(minutes)}`,
  paused: 'Pauses: nothing to label',
  usual: 'as usual',
  saved: (name: string) => `Kept for ${name}`,
  staleTitle: 'Changed by somebody else meanwhile',
  stale: 'What they saved is shown now. Look at it, then change it again.',
  noTime: 'Nobody has time',
  noTimeWhy: 'Give at least one person minutes a day, and there is something to plan.',
  alone: 'You are the only one here',
  aloneWhy:
    'Nobody reviews their own work, so what you label waits for somebody else. Add a reviewer, or allow it in the project’s settings.',
  toSettings: 'Project settings',
  plan: 'Plan',
  days: 'Working days',
  daysAbout: 'From today before noon, else from tomorrow.',
  weekends: 'Saturdays and Sundays too',
  again: 'Share out again what a plan gave out and nobody has begun',
  go: 'Plan the work',
  planning: 'Planning the work',
  cancel: 'Cancel',
  nothing: 'Nothing waits for anybody',
  nothingWhy: 'New pictures, and work that waits for review, can be planned once they are here.',
  addPictures: 'Add pictures',
  proposal: 'The proposal',
  applied: 'The plan that holds',
  span: (first: string, last: string) => (first === last ? first : `${first} to ${last}`),
  label: 'Label',
  review: 'Review',
  time: 'Time',
  timeOf: (planned: number, inHand: number, minutes: number) =>
    `${spent(planned + inHand)} of ${spent(minutes)}${inHand > 0 ? `, ${spent(inHand)} of it in hand before` : ''}`,
  barHad: (name: string) => `Time of ${name} for what is in hand`,
  barPlanned: (name: string) => `Time of ${name} for this plan`,
  until: 'Until',
  undone: 'What stays undone',
  leftOut: (n: number) =>
    `${plural(n, 'picture')} more were too many to plan at once. Plan again once these are given out.`,
  late: (n: number) =>
    `${plural(n, 'picture')} can only be done after the day ${n === 1 ? 'it is' : 'they are'} due.`,
  apply: 'Apply',
  applyAbout: 'Pictures get their person and day, and everybody is told once.',
  drop: 'Throw away',
  dropped: 'Thrown away. Nothing was given out.',
  done: (given: number, refused: number) =>
    refused > 0
      ? `${plural(given, 'picture')} given out, ${plural(refused, 'picture')} not`
      : `${plural(given, 'picture')} given out`,
  given: (given: number) => `${plural(given, 'picture')} given out`,
  by: (name: string) => (name ? `by ${name}` : ''),
  refused: (n: number) =>
    `${plural(n, 'picture')} could not be given out: something changed since the plan was made.`,
  more: (n: number) => `and ${plural(n, 'other')}`,
  empty: 'Nobody gets anything in this plan.',
};
