import type { Order } from '@/features/data/filters';
import type { TaskState } from '@/features/data/api';
import { count, plural } from '@/lib/numbers';

export const dataWords = {
  title: 'Data',
  filters: 'Filters',
  showFilters: 'Show filters',
  hideFilters: 'Hide filters',
  clear: 'Clear all',
  search: 'File name',
  searchPlaceholder: 'Part of a file name',
  all: 'All pictures',
  none: 'No pictures yet',
  noneWhy: 'Add pictures, a folder, a zip or a video; they appear here while they come in.',
  noneAdd: 'Add pictures',
  noneFit: 'No picture fits these filters',
  noneFitWhy: 'Take one of them away, or clear them all.',
  more: 'More pictures…',
  allShown: (n: string) => `${n}, all of them`,
  soFar: (n: string) => `the first ${n}; more below`,
  countsAbout: 'Counts are of the whole project, not of what the other filters leave.',
  countsCapped: 'Counts are of the newest 5,000 pictures.',
  saveSlice: 'Save as slice',
  saveSliceAbout: 'A slice keeps these filters under a name, for everybody of the project.',
  sliceName: 'Name of the slice',
  slicePlaceholder: 'Night shift, not labelled',
  renameSlice: 'Rename',
  removeSlice: 'Remove',
  sliceMenu: (name: string) => `Change slice ${name}`,
  freeze: 'Freeze as dataset',
  freezeOf: 'What these filters show now, approved labels only.',
  freezeAll: 'Every approved picture and video of the project.',
  export: 'Export',
  exportAbout: 'Approved labels of the pictures and videos that these filters show now.',
  import: 'Import labelled data',
  boxes: 'Objects',
  density: 'Picture size',
  order: 'Order',
  panel: 'Picture',
  open: 'Label this picture',
  openVideo: 'Label this video',
  look: 'Open in the editor',
  download: 'Original',
  close: 'Close',
  setAside: 'Set aside',
  bringBack: 'Bring back',
  asideWhy: 'Why',
  asideReasons: ['Blurred', 'Too dark', 'Nothing to see', 'Wrong camera', 'Private', 'Copy of another'],
  asideOther: 'Or in your words',
  asideAbout:
    'Set-aside pictures are not offered for labelling and do not go into datasets. They can be brought back.',
  assign: 'Assign',
  truth: 'Use as ground truth',
  truthAbout: 'Annotators label approved pictures anew without knowing it, and are measured by them.',
  truthDone: (marked: number, refused: number) =>
    `${plural(marked, 'picture')} more ${marked === 1 ? 'is' : 'are'} ground truth${refused > 0 ? `; ${refused} cannot be` : ''}`,
  several: 'Several people',
  severalAbout:
    'Several people label the same picture, each on their own; a reviewer sees what they agree on.',
  severalTitle: (n: number) => `Who labels ${plural(n, 'picture')}`,
  severalPeople: 'People for each picture',
  severalHow:
    '1: one person, as usual. From 2 each labels it on their own, and what they drew is put together.',
  severalVerb: 'Ask them',
  severalDone: (n: number, refused: number, why: string) =>
    `${plural(n, 'picture')} changed${refused > 0 ? `; ${refused} not: ${why}` : ''}`,
  assignTo: 'Who',
  assignNobody: 'Nobody: back to the queue',
  due: 'Due by',
  chooseAll: 'Choose all shown',
  unchoose: 'Unchoose',
  quality: 'Quality',
  metadata: 'Metadata',
  nearCopies: 'Near copies',
  noNearCopies: 'No near copies in this project.',
  history: 'History',
  noHistory: 'Nobody has labelled it yet.',
  blind: 'Blind: drawn at random and labelled without suggestions, so that models can be measured on it.',
} as const;

export const partWords = {
  block: 'Parts',
  one: 'One task for the whole video.',
  split: 'Split into parts…',
  change: 'Other parts…',
  seams: 'Where the parts meet',
  title: 'Parts of this video',
  about:
    'Each part is labelled by itself, by one person or several in turn. Neighbours share some frames, by which tracks that go on are joined again.',
  staysOf: (name: string) => `Each part is given to ${name}, as the video is now.`,
  staysOfSome:
    'A part that keeps its frames stays with whom it is given to; any other is given to nobody, and waits for the next who asks.',
  frames: 'Frames in a part',
  framesAbout: (n: number) => `At most; the video has ${count(n)}.`,
  overlap: 'Shared frames',
  overlapAbout: 'Up to a fourth of a part.',
  verb: 'Split',
  join: 'One task again',
  done: (n: number) => `The video is ${n} tasks now`,
  joined: 'The video is one task again',
} as const;

export const STATE_WORDS: Record<TaskState, string> = {
  new: 'New',
  ready: 'Ready to label',
  in_work: 'In work',
  in_review: 'In review',
  approved: 'Approved',
  auto_approved: 'Approved by rule',
  quarantined: 'Cannot be labelled',
};

export const STATE_COLORS: Record<TaskState, string> = {
  new: 'gray',
  ready: 'gray',
  in_work: 'blue',
  in_review: 'yellow',
  approved: 'teal',
  auto_approved: 'teal',
  quarantined: 'red',
};

export const REASON_WORDS: Record<string, string> = {
  random: 'At random',
  typical: 'Typical',
  uncertain: 'Model unsure',
  coreset: 'Unlike the labelled',
  badge: 'Teaches most',
  manual: 'By a person',
  feed: 'From a live feed',
  import: 'Imported',
  audit: 'To check auto-approval',
};

export const KIND_WORDS: Record<string, string> = { image: 'Pictures', video: 'Videos' };
export const ISSUE_WORDS: Record<string, string> = { dark: 'Dark', blurred: 'Blurred' };
export const ASSET_STATE_WORDS: Record<string, string> = {
  ready: 'Ready',
  pending: 'Coming in',
  refused: 'Refused',
};

export const ORDER_WORDS: Record<Order, string> = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  name: 'By name',
  captured: 'By time taken',
  score: 'Highest score',
  uncertainty: 'Most unsure',
};

export const GROUP_WORDS: Record<string, string> = {
  state: 'Labelling',
  label: 'Labels',
  suggested_label: 'Suggested labels',
  camera: 'Camera',
  site: 'Site',
  kind: 'Kind',
  selection_reason: 'Why chosen',
  issue: 'Quality',
  asset_state: 'File',
  near_copy: 'Near copies',
  excluded: 'Set aside',
  min_score: 'Score from',
  max_score: 'Score to',
  shape: 'Shape',
  author: 'Labelled by',
  blind: 'Blind',
  search: 'Name',
  group: 'Group',
  captured_from: 'Taken from',
  captured_to: 'Taken before',
  dataset_version: 'Dataset version',
  split: 'Split',
};
