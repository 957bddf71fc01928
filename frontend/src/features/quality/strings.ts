import { count, percent, plural } from '@/lib/numbers';

export const truthWords = {
  title: 'Ground truth',
  about:
    'Approved pictures that annotators label anew without knowing it, so that their work can be measured.',
  none: 'No ground truth yet',
  noneWhy:
    'Choose approved pictures on the data page that are labelled just as the guideline asks, and use them as ground truth.',
  toData: 'Choose approved pictures',
  off: 'No hidden tasks are handed out',
  offWhy: 'The share of hidden tasks is 0 in this project’s settings.',
  settings: 'Set the share',
  share: (share: number) =>
    `${percent(share)} of what annotators are handed are hidden tasks. They are never told which, and never get one twice.`,
  picture: 'Picture',
  answers: 'Answers',
  match: 'Match',
  matchAbout: 'Of all objects, in the truth and in the answers, those that have a partner in the same place.',
  tooFew: 'told from three answers on',
  low: 'Few match: is the truth right?',
  marked: 'Marked',
  by: (name: string) => `by ${name}`,
  objects: (n: number) => plural(n, 'object'),
  state: (state: string) => `Now ${state.replaceAll('_', ' ')}: not handed out`,
  unmark: 'Stop using it',
  unmarked: 'Not used as ground truth any more',
  more: 'Show more',
  which: 'Pictures and videos; a video is handed out in the place of a video.',
  count: (n: number) => count(n),
};

export const agreementWords = {
  title: 'Agreement',
  about:
    'How far people who labelled the same pictures agree: hidden tasks, against the approved labels and one another.',
  span: 'How far back',
  spans: { '30': '30 days', '90': '90 days', '365': 'A year' } as Record<string, string>,
  none: 'Nobody has labelled the same picture as somebody else yet',
  noneWhy: 'Once annotators are handed hidden tasks on ground truth, how far they agree is told here.',
  toTruth: 'Go to ground truth',
  few: 'Too few people to tell',
  fewWhy:
    'Fewer than three people labelled the same pictures: figures would tell how one of them did. Those who manage the project see them.',
  of: (pictures: number, people: number) =>
    `${plural(pictures, 'picture')} of ${plural(people, 'person', 'people')}`,
  match: 'Match',
  close: 'Match closely',
  overlap: 'Overlap',
  alpha: 'Alpha',
  alphaAbout: 'Krippendorff’s: 1 is full agreement, 0 what chance gives. “Nothing there” is an answer too.',
  kappa: 'Kappa',
  kappaAbout: 'Cohen’s, for two people: 1 is full agreement, 0 what chance gives.',
  labels: 'By label',
  label: 'Label',
  inWords: 'In words',
  weeks: 'Week by week',
  week: 'Week of',
  pictures: 'Pictures',
  pairs: 'By pair',
  pairsAbout: 'Seen by those who manage the project. By name; nobody is ranked.',
  pair: 'Two people',
  two: (first: string, second: string) => `${first} and ${second}`,
  left: 'Somebody who left',
};

export const secondWords = {
  title: 'Second looks',
  about: 'A share of what one reviewer approved is looked at by another one, drawn at random.',
  agreed: 'The second agreed',
  agreedAbout: (n: {
    agreed: number;
    corrected: number;
    returned: number;
    looks: number;
    low: number;
    high: number;
  }) =>
    `Of ${plural(n.looks, 'second look')} ${count(n.agreed)} agreed, ${count(n.corrected)} corrected, ${count(n.returned)} returned. Had everything been looked at, ${percent(n.low)} to ${percent(n.high)} would agree, in 95 of 100 cases.`,
  nobodyLooked: 'Nobody has looked in these days.',
  changed: 'Corrected',
  returned: 'Returned',
  notTold: 'Told once what three people approved was looked at. Those who manage the project see it.',
  waiting: 'Waiting',
  waitingAbout: 'Drawn, and nobody has looked yet.',
  toReview: 'Review',
  none: 'No second look yet',
  noneInSpan: 'None in these days',
  noneWhy: 'How often a second reviewer agrees with the first is told here, once one has looked.',
  off: 'No second looks are drawn',
  offWhy: 'The share is 0 in this project’s settings.',
  offReview: 'Nobody reviews in this project: what is submitted counts as approved.',
  settings: 'Set the share',
  people: 'By first reviewer',
  peopleAbout: 'Seen by those who manage the project. By name; nobody is ranked.',
  own: 'What you approved',
  ownAbout: 'Seen by you and those who manage the project.',
  person: 'Approved by',
  looks: 'Looked at',
  share: 'Agreed',
  likely: 'Likely between',
  left: 'Somebody who left',
  differing: 'Where the second did not agree',
  picture: 'Picture',
  outcome: 'Became',
  reason: 'Why',
  when: 'When',
  outcomes: { corrected: 'Corrected', returned: 'Returned' },
  range: (low: number, high: number) => `${percent(low)} – ${percent(high)}`,
};
