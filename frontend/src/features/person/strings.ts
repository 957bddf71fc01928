import { percent, plural } from '@/lib/numbers';
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
  picture: 'Picture',
  reason: 'Reason',
  when: 'When',
  noReturns: 'Nothing came back in these days.',
  theirs: 'Their pictures',
};

export const checkWords = {
  title: 'Test pictures',
  about:
    'Now and then you label a picture whose right labels are known already. They look like any other, and are never used twice.',
  aboutOther: 'Hidden tasks: pictures whose right labels are known already, labelled anew.',
  match: 'Match',
  matchAbout: (objects: number) => `of ${plural(objects, 'object')}, in the right place with the right label`,
  close: 'Match closely',
  closeAbout: 'of the same, overlapping by 75\u00a0% or more',
  overlap: 'Overlap',
  overlapAbout: 'of outlines, where an object matches',
  checked: 'Pictures measured',
  missedAbout: (missed: number, extra: number) =>
    missed + extra === 0 ? 'nothing missed, nothing too many' : `${missed} missed, ${extra} too many`,
  label: 'Label',
  missed: 'Missed',
  extra: 'Too many',
  picture: 'Picture',
  difference: 'Difference',
  when: 'When',
};

export const pauseWords = {
  yours: 'Time for a short break',
  theirs: 'This person pauses',
  why: (pictures: number, score: number, limit: number) =>
    `The last ${plural(pictures, 'test picture')} matched by ${percent(score)}; this project asks for ${percent(limit)}.`,
  yoursKept: 'Nothing is lost, and what you have open can be finished. Look at the guideline, then go on.',
  theirsKept: 'They were told, and can finish what they have open. Once they go on, their score begins anew.',
  ask: 'Whoever manages the project lets you go on. They were told.',
  guideline: 'Read the guideline',
  hide: 'Close the guideline',
  noGuideline: 'This project has no guideline yet. Ask whoever manages it what matters here.',
  goOn: 'Go on labelling',
  letGoOn: 'Let them go on',
  done: 'Pictures are handed out again',
};
