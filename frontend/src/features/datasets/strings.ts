import type { Dataset, Split } from '@/features/datasets/api';

export const datasetWords = {
  title: 'Datasets',
  about: 'Frozen versions of approved labels: what precisely a model was trained on.',
  none: 'No version yet',
  noneWhy: 'Freeze the approved labels of the project, or of a slice, as the first version.',
  freeze: 'Freeze a version',
  which: 'Which pictures',
  everything: 'Every approved picture of the project',
  slices: 'Slices',
  narrower: 'For other filters, set them on the data page and freeze from there.',
  train: 'Train on this',
  export: 'Export',
  exportAbout: 'This version as it was frozen, split into train, val and test.',
  classes: 'By label',
  compare: 'What changed',
  compareWith: 'Compare with',
  pictures: 'Pictures',
  freezing: 'Being frozen…',
  failed: 'It could not be frozen',
  blindNote: 'blind',
  gone: 'Deleted since',
  noChange: 'Nothing changed: both hold the same pictures with the same labels.',
  cut: 'The first 500 of each are listed.',
} as const;

export const STATE_WORDS: Record<Dataset['state'], string> = {
  freezing: 'Freezing',
  frozen: 'Frozen',
  failed: 'Failed',
};
export const STATE_COLORS: Record<Dataset['state'], string> = {
  freezing: 'blue',
  frozen: 'teal',
  failed: 'red',
};
export const SPLIT_WORDS: Record<Split, string> = { train: 'Train', val: 'Val', test: 'Test' };
