/** Words of the way from picture to picture: recent work, history, presence, carrying on, import and export. */
import { count, plural } from '@/lib/numbers';

export const flowWords = {
  // recent
  recent: 'Your last pictures',
  recentEmpty: 'What you save or submit here is listed, newest first.',
  recentCorrect: 'Correct it',
  recentLook: 'Look at it',
  recentOpen: 'Go on',
  recentHere: 'Open now',
  recentFailed: 'Your last pictures could not be listed.',
  work: {
    offered: 'Kept as a draft',
    leased: 'Open, not submitted',
    submitted: 'Waits for review',
    approved: 'Approved',
    returned: 'Returned to you',
    skipped: 'Skipped',
    expired: 'Not submitted in time',
  } as Record<string, string>,
  // one's own submit
  waits: 'You submitted this one; it waits for review',
  waitsAbout: 'You may take it back as long as nobody reviews it.',
  takeBack: 'Take it back to correct it',
  tookBack: 'You took this back from review',
  tookBackAbout: 'Submit it again when it is right, or put it back: what you submitted then goes on waiting.',
  putBack: 'Put it back as it was',
  isBack: 'Back in review',
  // carry on
  carryOn: 'Bring objects along to the next of the series',
  carried: (objects: string) => `${objects} brought along`,
  carriedAbout: (left: number, from: string) =>
    `${left > 0 ? `${plural(left, 'object')} did not fit and stayed behind. ` : ''}Ctrl+Z takes them out again. ${from} is saved, not submitted: PgUp goes back to it.`,
  nothingToCarry: 'Nothing to bring along',
  nothingToCarryAbout: 'Draw something first, or select what is to come along.',
  endOfSeries: 'No next picture in this series',
  endOfSeriesAbout: 'It is the last one, or the others are done or open elsewhere.',
  // beside the picture
  closeSide: 'Close',
  guidelinesAgain: 'G shows and hides them.',
  editGuidelines: 'Change them',
  // history
  history: 'History',
  historyEmpty: 'Nothing was submitted yet. Each submit is kept here for good.',
  historyFailed: 'The history could not be loaded.',
  revision: (n: number) => `Revision ${count(n)}`,
  nobody: 'Somebody who left',
  bySource: { model: 'Accepted from the model', import: 'Import' } as Record<string, string>,
  byPolicy: 'Auto-approval',
  ofTest: 'Your test answer',
  testAbout: 'Over the picture: your answer and the approved labels.',
  onlyYours: (n: number) => `${count(n)} of yours`,
  approved: (n: number) => `${count(n)} approved`,
  byPeople: (n: number) => `${n} people, put together`,
  late: 'late',
  verdicts: { approve: 'approved', return: 'returned', fix: 'fixed', reject: 'returned' } as Record<
    string,
    string
  >,
  saidBy: (name: string | null, reason: string) => (name ? `${name}: “${reason}”` : `“${reason}”`),
  unchanged: 'Nothing changed',
  older: 'Older ones',
  compareAbout: 'Over the picture: what restoring it would do.',
  comesBack: (n: number) => `${count(n)} ${n === 1 ? 'comes' : 'come'} back`,
  goes: (n: number) => `${count(n)} ${n === 1 ? 'goes' : 'go'}`,
  changes: (n: number) => `${count(n)} ${n === 1 ? 'changes' : 'change'}`,
  sameAsNow: 'The same as what is on the screen.',
  unknownLabels: (n: number) =>
    `${plural(n, 'object')} of it ${n === 1 ? 'has a label' : 'have labels'} that the project has no more, and ${n === 1 ? 'stays' : 'stay'} out.`,
  tagsDiffer: (names: string[]) => `Tags: ${names.join(', ') || 'none'}`,
  restore: 'Restore it',
  restored: (n: number) => `Restore revision ${n}`,
  restoredNotice: (n: number) => `Revision ${count(n)} restored`,
  restoredAbout: 'Saved like any change, not submitted. Ctrl+Z takes it back.',
  stopComparing: 'Show the present',
  // presence
  alsoHere: (names: string[]) => `Also here: ${names.join(', ')}`,
  modes: { label: 'labels', review: 'reviews', read: 'looks on' } as Record<string, string>,
  yourOther: 'you, in another tab',
  bothSave: 'Saving is guarded: if you both change the same object, you are asked which one stays.',
  // menu
  more: 'More',
  exportJson: 'Export this picture’s labels as JSON',
  importJson: 'Import labels from JSON',
  // import
  importTitle: 'Import labels into this picture',
  importAbout: 'A JSON file as “Export” makes it, of this picture or of another one.',
  chooseFile: 'Choose a file',
  otherFile: 'Choose another file',
  fileOf: (name: string) => `From ${name}`,
  otherPicture: (name: string) => `It was made for another picture (${name}); its objects come as new ones.`,
  otherSize: (w: number, h: number) =>
    `That picture is ${count(w)} × ${count(h)} pixels: places are taken as they are, what lies outside is left out.`,
  beside: 'Keep what is here, add what the file has',
  instead: 'Replace all that is here by the file',
  willAdd: 'Added',
  willReplace: 'Replaced',
  willRemove: 'Taken away',
  willKeep: 'The same already',
  willTag: 'Tags added',
  leftOut: 'Left out',
  moreLeftOut: (n: number) => `and ${plural(n, 'other')}`,
  doImport: 'Import',
  nothingToImport: 'Nothing of it would change this picture.',
  imported: 'Imported',
  importedAbout: (added: number, replaced: number, removed: number) =>
    `${
      [
        added > 0 && `${plural(added, 'object')} added`,
        replaced > 0 && `${count(replaced)} replaced`,
        removed > 0 && `${count(removed)} taken away`,
      ]
        .filter(Boolean)
        .join(', ') || 'Tags changed'
    }. Ctrl+Z takes it back.`,
  fileTooLarge: (most: string) =>
    `The file is larger than ${most}. An export of one picture is much smaller.`,
  fileNotJson: 'The file is not JSON, or it is cut off.',
  fileNotOurs: 'The file is JSON, but not an export of one picture’s labels.',
  fileNewer: 'The file was made by a newer Siteloop than this one.',
  fileUnreadable: 'The file could not be read.',
  why: {
    label: (name: string) => `no label “${name}” here`,
    shape: (name: string, shape: string) => `${name} may not be a ${shape} here`,
    broken: 'its shape cannot be read',
    outside: 'outside the picture',
    video: 'a track, and this is no video',
    image: 'not a track, and this is a video',
    attribute: (name: string) => `value of “${name}”: no such attribute here`,
    value: (name: string) => `value of “${name}” is not one of its choices`,
  },
  // day
  today: (done: number, time: string) => `Today: ${count(done)} done, ${time}`,
  onThis: (time: string) => `${time} on this one`,
  todayAbout: 'Submitted by you since midnight at the site, and the time you worked on pictures.',
  // queue
  paused: 'The queue is paused',
  breakTitle: 'Time for a short break',
  breakOn: 'See how it went, and the guideline',
  archived: 'This project is archived',
  yourWork: 'See your last pictures',
};
