import { count, plural, score } from '@/lib/numbers';

import type { Finding, Kind, ShownState, State } from './api';

type Facts = NonNullable<State['look']>['facts'];

const leftOut = ({ learned, blind }: { learned: number; blind: number }) => {
  const parts = [
    learned > 0 && `${plural(learned, 'picture')} it learned from`,
    blind > 0 && `${plural(blind, 'blind one')}, by which models are judged`,
  ].filter(Boolean);
  return parts.length > 0 ? ` Left out: ${parts.join(', and ')}.` : '';
};

export const labelErrorWords = {
  title: 'Label errors',
  about:
    'Where approved labels are probably wrong: a model that has not learned from them sees something else. The most probable come first.',
  look: 'Look for label errors',
  again: 'Look again',
  looking: 'Looking for label errors',
  queued: 'Waiting for a worker…',
  cancel: 'Cancel',
  cancelled: 'The look was cancelled. What was found before is still here.',
  kinds: { overlooked: 'Overlooked', bad_box: 'Bad box', swapped: 'Swapped' } satisfies Record<Kind, string>,
  all: 'All',
  kind: 'Kind',
  label: 'Label',
  allLabels: 'All labels',
  state: 'State',
  states: {
    open: 'To decide',
    fixed: 'Put right',
    fine: 'Is right',
    stale: 'Changed since',
  } satisfies Record<ShownState, string>,
  withCount: (name: string, n: number) => `${name} ${count(n)}`,
  by: (number: number | null | undefined, { pictures, objects }: Facts) =>
    `By model ${number ?? 'that is gone'}, in ${plural(pictures, 'picture')} with ${plural(objects, 'object')} that it has not learned from.`,
  byFolds: (dataset: number | null | undefined, minutes: number, { pictures, objects }: Facts) =>
    `By two models, trained for ${plural(minutes, 'CPU minute')} each on half of dataset ${dataset ? `v${dataset}` : 'that is gone'}, in ${plural(pictures, 'picture')} with ${plural(objects, 'object')}: each picture by the one that has not learned from it.`,
  thorough: 'Train two models to look…',
  foldsTitle: 'Look by two models of their own',
  foldsAbout: (dataset: number, pictures: number) =>
    `Two detectors are trained, each on half of dataset v${dataset}, and each is asked about the other half. So all of its ${plural(pictures, 'picture')} can be looked at whose labels are still the same. Nothing else uses these models, and they are thrown away.`,
  minutes: 'CPU minutes for each',
  minutesAbout:
    'Longer makes better eyes. From 4 minutes on, a part of them teaches each to judge the boxes people drew. They are trained one after the other.',
  start: 'Start',
  notNow: 'Not now',
  leftOut,
  weaker: (n: number) => ` ${plural(n, 'weaker one')} not kept.`,
  can: (pictures: number) => `${plural(pictures, 'approved picture')} can be looked at.`,
  noModel: 'A detector comes first',
  noModelWhy:
    'Labels are held against what a model sees. Put a detector into production, or freeze a dataset: two models can be trained on it for the look alone.',
  toModels: 'Go to models',
  few: (needed: number) => `${plural(needed, 'more approved picture')} needed`,
  fewWhy: (has: number, left: { learned: number; blind: number }) =>
    `A model’s word counts only on pictures it has not learned from. There ${has === 1 ? 'is' : 'are'} ${count(has)} so far.${leftOut(left)} Whatever is approved from now on counts.`,
  toLabel: 'Label pictures',
  never: 'Nothing was looked for yet',
  neverWhy: 'It runs in the background, and nothing is changed by looking.',
  none: 'Nothing left to decide',
  noneWhy: 'Every probable label error of the newest look was decided. Look again once more is approved.',
  noneFound: 'Nothing looks wrong',
  noneFoundWhy: 'Labels and model agree on all the pictures that were looked at.',
  noneFiltered: 'None of these',
  clear: 'Show all',
  fix: 'Put right',
  fine: 'It is right',
  open: 'Open the picture',
  undo: 'Undo',
  takeBack: 'Take back',
  keys: 'F put right · A it is right · O open · J K next, before · Ctrl+Z undo',
  list: 'Probable label errors',
  place: (at: number, total: number, more: boolean) =>
    `${count(at + 1)} of ${count(total)}${more ? '+' : ''}`,
  decidedHere: (n: number) => `${count(n)} decided`,
  notDecided: 'Not changed',
  notUndone: 'Not taken back',
  labelled: 'Labelled',
  proposed: 'The model sees',
  gone: 'a label that is gone',
  more: 'Show more',
  probability: (finding: Finding) => `error ${score(finding.score)}`,
  sure: (finding: Finding) => `model ${score(finding.sure)}`,
  decidedBy: (name: string | null | undefined) => (name ? `by ${name}` : ''),
  says: (kind: Kind, label: string, proposed: string): string =>
    ({
      overlooked: `The model sees “${proposed}” here, and nothing is labelled.`,
      bad_box: `The model draws the box of this “${label}” otherwise.`,
      swapped: `Labelled “${label}”. The model sees “${proposed}”.`,
    })[kind],
  willFix: (kind: Kind, label: string, proposed: string): string =>
    ({
      overlooked: `Adds “${proposed}” with the dashed box.`,
      bad_box: `Gives “${label}” the dashed box.`,
      swapped: `Labels it “${proposed}”; its outline stays.`,
    })[kind],
  stale: 'The labels of this picture have changed since it was looked at. Look again to ask anew.',
};
