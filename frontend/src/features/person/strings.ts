import { plural } from '@/lib/numbers';
import { duration } from '@/lib/time';

export const personWords = {
  yours: 'Your work',
  of: (name: string) => `${name}'s work`,
  about: (project: string) => `In ${project}. Seen by you and those who manage the project, by nobody else.`,
  aboutOther: (project: string) =>
    `In ${project}. They see this page too; nobody else does but those who manage the project.`,
  span: 'How far back',
  days: (days: string) => `${days} days`,
  none: 'Nothing saved in these days',
  noneWhy: 'Pictures appear here once they are submitted. Look further back, or label one.',
  pictures: 'Pictures',
  objects: (count: number) => plural(count, 'object'),
  time: 'Time',
  timeAbout: 'with the editor open and in use',
  each: 'Time a picture',
  eachAbout: (low: number, high: number) => `half of them ${duration(low)} to ${duration(high)}`,
  eachNone: 'told from three pictures on',
  asSaved: 'Approved as saved',
  asSavedOf: (approved: number, decided: number) =>
    `${String(approved)} of ${String(decided)} that were decided`,
  undecided: 'nobody has decided on any yet',
  fates: 'What became of them',
  approved: 'Approved as saved',
  changed: 'Changed by the reviewer',
  returned: 'Came back',
  waiting: 'Waiting for a reviewer',
  fateAbout:
    'A picture that came back counts as that, also when it was approved later. Where a project has no review, nothing is decided.',
  daily: 'Day by day',
  returns: 'What came back, and why',
  noReturns: 'Nothing came back in these days.',
  theirs: 'Their pictures',
};
