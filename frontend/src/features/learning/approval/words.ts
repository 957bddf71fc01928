/** What the page says of auto-approval, for somebody who knows no statistics. Pure. */
import { count, percent, plural } from '@/lib/numbers';

import type { Policy, PolicyEvent, Tally } from './api';

/** 0.05 → "5 %", 0.005 → "0.5 %". */
export const share = (value: number): string => {
  const isWhole = Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
  return percent(value, isWhole ? 0 : 1);
};

export const STATE_COLORS: Record<Policy['state'], string> = {
  collecting: 'gray',
  shadow: 'blue',
  active: 'green',
  suspended: 'yellow',
  retired: 'gray',
};

export const FATE_WORDS: Record<Policy['examples'][number]['fate'], string> = {
  would: 'Would approve',
  approved: 'Approved',
  audit: 'Sent to a check',
  taken_back: 'Put back',
};

export const approvalWords = {
  title: 'Auto-approval',
  about: 'What needs no second look, proven by your own blind reviews.',
  make: 'Make a promise',
  none: 'Nothing is approved by itself',
  noneWhy:
    'Promise how many mistakes are allowed. Blind reviews then prove whether the model keeps it; nothing is approved before.',
  noModel: 'No model that could approve',
  noModelWhy:
    'A model in production that draws boxes or gives tags is needed, with its classes mapped to labels.',
  toModels: 'To the models',
  states: {
    collecting: 'Collecting proof',
    shadow: 'Trying out',
    active: 'At work',
    suspended: 'Stopped',
    retired: 'Retired',
  } satisfies Record<Policy['state'], string>,
  blind: (done: number, waiting: number) =>
    `${plural(done, 'random picture')} labelled blind, ${count(waiting)} waiting.`,
  blindWhy:
    'They are labelled from scratch, without suggestions: only that shows what the model really does.',
  draw: 'Draw 50 more at random',
  drawn: 'More random pictures are being drawn',
  promise: ({ scope, alpha, missed_alpha: missed, model_number: model }: PromiseOf) =>
    scope === 'pictures'
      ? `Model ${model}: at most ${share(alpha)} of the approved boxes wrong, and something missed on at most ${share(missed)} of the pictures.`
      : `Model ${model}: at most ${share(alpha)} of what it accepts is wrong. A reviewer still sees each picture.`,
  progress: (units: number, more: number | null) =>
    more === null
      ? `${plural(units, 'blind review')} counted`
      : `${count(units)} of about ${count(units + more)} blind reviews`,
  holdsBack: (n: number) =>
    `${plural(n, 'labelled picture')} ${n === 1 ? 'waits' : 'wait'} for others that were drawn before: hard ones are finished late, and must count too.`,
  chart: 'Mistakes by how much is approved',
  chartAbout: 'The further right, the more is approved without a look.',
  chartX: 'Share of suggestions approved',
  error: 'Wrong in blind reviews',
  bound: 'At most, by what is proven',
  allowed: (alpha: number) => `Promise: ${share(alpha)}`,
  inUse: 'In use',
  inUseAbout: 'In use: everything up to this line is approved',
  figures: 'Figures',
  hideFigures: 'Hide figures',
  columns: ['Score from', 'Approved', 'Wrong', 'At most', ''],
  would: 'Would approve',
  approved: 'Approved',
  checks: 'Checks',
  takenBack: 'Put back',
  takingBack: 'What it approved is being put back into the queue.',
  unseen: 'nobody has seen them since',
  steps: {
    activate: 'Switch on',
    suspend: 'Stop',
    resume: 'Take up again',
    restart: 'Begin again',
    retire: 'Retire',
  } satisfies Record<PolicyEvent, string>,
  done: {
    activate: 'It approves from now on',
    suspend: 'Stopped',
    resume: 'Trying out again',
    restart: 'Collecting new proof',
    retire: 'Retired',
  } satisfies Record<PolicyEvent, string>,
  activateWhy: (rate: number) =>
    `Once on, ${share(rate)} of what it would approve still goes to a person, without suggestions, to watch over it.`,
  stopTitle: 'Stop approving?',
  stopAbout:
    'It can be taken up again. What it approved so far may stay, or go back into the queue where nobody has seen it since.',
  stopKeep: 'Stop, keep what it approved',
  stopBack: 'Stop and put back',
  retireTitle: 'Retire this promise?',
  retireLosing:
    'Its proof is used up: a new promise for the same labels needs new blind reviews. What it approved stays.',
  examples: 'Newest pictures',
  history: 'Shown as “Auto-approval” in the history of each picture.',
  stopped: {
    person: 'Stopped by a manager',
    breach: 'Checks found more mistakes than promised',
    drift: 'What cameras show has changed',
    model: 'The model was replaced',
    labels: 'The labels were changed',
    '': 'Stopped',
  } satisfies Record<Policy['cause'], string>,
  // the dialog
  model: 'Model',
  what: 'What it may approve',
  whats: { pictures: 'Whole pictures', boxes: 'Single boxes or tags of one label' },
  whatAbout: {
    pictures: 'A picture passes unseen where the model is sure of everything on it.',
    boxes: 'What it is sure of is accepted. A reviewer still looks at the picture.',
  },
  label: 'Label',
  alpha: 'Mistakes allowed, of 100 boxes',
  alphaAbout: '2 needs some 1,000 blind reviews, 5 and more some hundreds.',
  missed: 'Pictures of 100 on which something may be missed',
  audit: 'Of 100 pictures, checked by a person afterwards',
  save: 'Begin to collect proof',
} as const;

type PromiseOf = Pick<Policy, 'scope' | 'alpha' | 'missed_alpha' | 'model_number'>;

/** "12 looked at since: 1 of 40 boxes wrong, something missed on 2." */
export function tallyNote(tally: Tally, scope: Policy['scope']): string {
  if (tally.pictures === 0) return 'none yet';
  if (tally.settled === 0) return 'none seen by a person yet';
  const seen = `${count(tally.settled)} seen by a person: ${count(tally.wrong)} of ${plural(tally.boxes, 'box', 'boxes')} wrong`;
  return scope === 'pictures' ? `${seen}, something missed on ${count(tally.missed)}` : seen;
}

/** What a person said of one picture since. */
export function exampleNote(row: Policy['examples'][number]): string {
  if (row.wrong === null) return plural(row.boxes, 'box', 'boxes');
  if (row.wrong === 0 && row.missed === 0) return 'all right';
  const parts = [
    row.wrong > 0 ? `${count(row.wrong)} wrong` : '',
    row.missed ? `${count(row.missed)} missed` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** How far the proof is, 0 to 100; null where it is not known. */
export function progressOf({ units, more }: Pick<Policy, 'units' | 'more'>): number | null {
  return more === null || units + more === 0 ? null : (units / (units + more)) * 100;
}
