/** The page's own keys, beside those of the canvas. Data, so that the shortcut sheet shows them too. */
import { DEFAULT_KEYMAP, type Keymap } from '@/canvas/keymap';
import { VIDEO_KEYS } from '@/components/video/keys';
import type { KeyVerbs } from '@/hooks/use-keys';

import { FOLLOW_KEYS } from '../follow/keys';

export type PageAction =
  | 'submit'
  | 'previousTask'
  | 'nextTask'
  | 'skip'
  | 'help'
  | 'tags'
  | 'guidelines'
  | 'history'
  | 'comments'
  | 'checks'
  | 'carryOn'
  | 'findLabel';

export type PageKey = {
  action: PageAction;
  title: string;
  keys: string[];
  /** Works on pictures that may only be looked at. */
  read?: boolean;
};

export const PAGE_KEYS: readonly PageKey[] = [
  { action: 'submit', title: 'Submit, go to the next picture', keys: ['Ctrl+Enter'] },
  { action: 'nextTask', title: 'Next picture without submitting', keys: ['PageDown'], read: true },
  { action: 'previousTask', title: 'Previous picture', keys: ['PageUp'], read: true },
  { action: 'skip', title: 'Skip with a reason', keys: ['Shift+S'] },
  { action: 'findLabel', title: 'Find a label by its name', keys: ['/'] },
  { action: 'tags', title: 'Tags of the whole picture', keys: ['T'] },
  { action: 'guidelines', title: 'Guidelines beside the picture', keys: ['G'], read: true },
  { action: 'history', title: 'History of the labels', keys: ['Shift+R'], read: true },
  { action: 'checks', title: 'What is to mend before you submit', keys: ['Shift+Q'] },
  { action: 'carryOn', title: 'Bring objects along to the next of the series', keys: ['Shift+G'] },
  { action: 'comments', title: 'Comments', keys: ['Shift+C'], read: true },
  { action: 'help', title: 'This sheet', keys: ['?'], read: true },
];

/** The verbs by chord, as far as they apply: pictures that are only looked at know fewer. `chosen`: a person's own keys. */
export function keyVerbs(
  verbs: Readonly<Record<PageAction, () => unknown>>,
  { isEditable, isBusy }: { isEditable: boolean; isBusy: boolean },
  chosen?: Readonly<Record<PageAction, readonly string[]>>,
): KeyVerbs {
  const mine = PAGE_KEYS.filter((each) => each.read || isEditable);
  const verbOf = (action: PageAction) => {
    // While the next picture comes a key is still taken, so that it does not reach the wrong one.
    if (isBusy && !SAYS_WHY.has(action)) return () => undefined;
    return (isRepeat?: boolean) => (isRepeat && !REPEATS.has(action) ? undefined : verbs[action]());
  };
  const pairs = mine.flatMap(({ action, keys }) =>
    (chosen?.[action] ?? keys).map((key) => [key, verbOf(action)] as const),
  );
  return Object.fromEntries(pairs);
}

/** Held down they leaf through the pictures; anything else is meant once, a submit above all. */
const REPEATS: ReadonlySet<PageAction> = new Set(['nextTask', 'previousTask']);
/** These look for themselves whether they may, and say why not. */
const SAYS_WHY: ReadonlySet<PageAction> = new Set(['submit', 'skip']);

/** Chords that both the page and the canvas would take: must stay empty, a test says so. */
export function clashes(): string[] {
  const canvas = new Set(DEFAULT_KEYMAP.flatMap((binding) => binding.keys));
  const page = [
    ...PAGE_KEYS.flatMap((each) => each.keys),
    ...[...Object.values(VIDEO_KEYS), ...Object.values(FOLLOW_KEYS)].map((each) => each.key),
  ];
  return page.filter((key, index) => canvas.has(key) || page.indexOf(key) !== index);
}

/** A chord as it is printed on the sheet. */
export function keyCaps(chord: string): string[] {
  const names: Record<string, string> = {
    ' ': 'Space',
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
    Delete: 'Del',
    PageUp: 'PgUp',
    PageDown: 'PgDn',
  };
  if (chord === '+') return ['+'];
  return chord.split('+').map((part) => names[part] ?? part);
}

/** The first key of an action of the page as it is said in a tooltip; empty without one. */
export type Hints = (action: PageAction) => string;
export const hintsOf =
  (keys: Readonly<Record<PageAction, readonly string[]>>): Hints =>
  (action) =>
    keyCaps(keys[action][0] ?? '').join(' ');

/** The first key of a canvas action as it is said in a tooltip; empty without one. */
export function keyHint(keymap: Keymap, action: string): string {
  const [chord] = keymap.bindings.find((binding) => binding.action === action)?.keys ?? [];
  return chord === undefined ? '' : keyCaps(chord).join(' ');
}
