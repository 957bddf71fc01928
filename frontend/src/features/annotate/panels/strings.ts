/** The words of the panels round the canvas. */
import { count } from '@/lib/numbers';

export const shortcutWords = {
  title: 'Shortcuts',
  search: 'Find a shortcut or a key',
  about: 'Click a key to change it, then press the new one. Your keys are kept in this browser.',
  none: 'Nothing is called that.',
  resetAll: 'Reset all',
  reset: (title: string) => `Reset the key of: ${title}`,
  change: (title: string, keys: string) => `${title}: ${keys || 'no key'}. Change`,
  press: (title: string) => `Press the new key of: ${title}`,
  pressKey: 'Press a key',
};

export const labelWords = {
  title: 'Labels',
  find: 'Find a label',
  none: 'This project has no labels yet. A manager adds them in the settings.',
  noneFound: 'No label has this name.',
  tagAbout: 'A tag of the whole picture',
  allows: (shapes: string[]) => (shapes.length ? `Drawn as ${shapes.join(', ')}` : 'Drawn as anything'),
  unfit: (name: string, shape: string, shapes: string[]) =>
    shape === 'track'
      ? `${name} is not followed through videos.`
      : `${name} is not drawn as ${shape}, but as ${shapes.join(', ')}. Picking it changes the tool.`,
};

export const objectWords = {
  title: 'Objects',
  shown: (shown: number, all: number) => `${count(shown)} of ${count(all)}`,
  none: 'Nothing drawn yet. Pick a label and draw.',
  noneFit: 'No object fits.',
  search: 'Search objects',
  searchFor: 'Label, number or attribute',
  closeSearch: 'Close the search',
  filter: 'Filter and sort',
  clear: 'Show all',
  order: 'Sort',
  orders: { front: 'In front first', label: 'By label', drawn: 'Newest first' },
  only: 'Only what is',
  states: {
    missing: 'lacking something required',
    occluded: 'covered',
    hidden: 'hidden',
    locked: 'locked',
    grouped: 'in a group',
  },
  from: 'Where it came from',
  sources: { person: 'drawn or mended', model: 'accepted suggestion', import: 'imported' },
  labels: 'Labels',
  ofLabel: (name: string, n: number) => `${name} (${count(n)})`,
  goTo: 'Double click goes to the object',
  selectGroup: (n: number) => `Select group ${count(n)}`,
  covered: (name: string, is: boolean) =>
    is ? `${name} is covered: mark as in full view` : `Mark as covered: ${name}`,
  selected: (n: number) => `${count(n)} selected`,
  group: 'Group',
  ungroup: 'Ungroup',
  coverAll: 'Mark as covered',
  uncoverAll: 'Mark as in full view',
  lockAll: 'Lock',
  unlockAll: 'Unlock',
  hideAll: 'Hide',
  showAll: 'Show',
  deleteAll: 'Delete',
};

export const attributeWords = {
  one: (label: string) => `About this ${label}`,
  several: (n: number) => `About these ${count(n)}`,
  label: 'Label',
  locked: 'locked',
  mixed: 'mixed',
  lacking: 'Still needed',
  lackingSeveral: (n: number) => `Still needed by ${count(n)}`,
  severalLabels: 'They have different labels: attributes are shown for one label at a time.',
};

export const suggestionWords = {
  title: 'Suggestions',
  left: (shown: number, open: number) => `${count(shown)} of ${count(open)}`,
  confidence: 'Show from',
  accept: 'Accept',
  reject: 'Reject',
  edit: 'Edit',
  acceptAll: (n: number) => `Accept ${count(n)}`,
  rejectAll: (n: number) => `Reject ${count(n)}`,
  acceptAllAbout: 'All above the slider, in one step',
  rejectAllAbout: 'All above the slider, in one step',
  allDecided: 'all decided',
  belowSlider: 'The rest lies below the slider.',
  decidedList: 'Decided suggestions',
  decided: ({ accepted, fixed, rejected }: { accepted: number; fixed: number; rejected: number }) =>
    [
      accepted > 0 && `${count(accepted)} accepted`,
      fixed > 0 && `${count(fixed)} mended`,
      rejected > 0 && `${count(rejected)} rejected`,
    ]
      .filter((part) => part !== false)
      .join(' · '),
  became: { open: '', accepted: 'accepted', fixed: 'mended', rejected: 'rejected' },
};
