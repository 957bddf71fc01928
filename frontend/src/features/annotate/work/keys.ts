/** The page's own keys, beside those of the canvas. Data, so that the shortcut sheet shows them too. */
import { DEFAULT_KEYMAP } from '@/canvas/keymap';
import { chordOf } from '@/lib/keys';

export type PageAction =
  | 'submit'
  | 'previousTask'
  | 'nextTask'
  | 'skip'
  | 'help'
  | 'tags'
  | 'guidelines'
  | 'comments'
  | 'play'
  | 'frameOn'
  | 'frameBack'
  | 'stepOn'
  | 'stepBack'
  | 'keyframeOn'
  | 'keyframeBack'
  | 'frameFirst'
  | 'frameLast';

export type PageKey = {
  action: PageAction;
  title: string;
  keys: string[];
  /** Only while a video is open; the letter is free for labels otherwise. */
  video?: boolean;
  /** Works on pictures that may only be looked at. */
  read?: boolean;
};

export const PAGE_KEYS: readonly PageKey[] = [
  { action: 'submit', title: 'Submit, go to the next picture', keys: ['Ctrl+Enter'] },
  { action: 'nextTask', title: 'Next picture without submitting', keys: ['PageDown'], read: true },
  { action: 'previousTask', title: 'Previous picture', keys: ['PageUp'], read: true },
  { action: 'skip', title: 'Skip with a reason', keys: ['Shift+S'] },
  { action: 'tags', title: 'Tags of the whole picture', keys: ['T'] },
  { action: 'guidelines', title: 'Guidelines', keys: ['G'], read: true },
  { action: 'comments', title: 'Comments', keys: ['Shift+C'], read: true },
  { action: 'help', title: 'This sheet', keys: ['?'], read: true },
  { action: 'play', title: 'Play or pause', keys: [' '], video: true, read: true },
  { action: 'frameOn', title: 'Next frame', keys: ['F'], video: true, read: true },
  { action: 'frameBack', title: 'Previous frame', keys: ['D'], video: true, read: true },
  { action: 'stepOn', title: '10 frames on', keys: ['V'], video: true, read: true },
  { action: 'stepBack', title: '10 frames back', keys: ['C'], video: true, read: true },
  { action: 'keyframeOn', title: 'Next keyframe', keys: ['Shift+F'], video: true, read: true },
  { action: 'keyframeBack', title: 'Previous keyframe', keys: ['Shift+D'], video: true, read: true },
  { action: 'frameFirst', title: 'First frame', keys: ['Home'], video: true, read: true },
  { action: 'frameLast', title: 'Last frame', keys: ['End'], video: true, read: true },
];

type KeyLike = Parameters<typeof chordOf>[0];

/** What a key means to the page now; null: it is not the page's. */
export function pageActionOf(
  event: KeyLike,
  { isVideo, isEditable }: { isVideo: boolean; isEditable: boolean },
): PageAction | null {
  const chord = chordOf(event);
  const found = PAGE_KEYS.find((each) => each.keys.includes(chord));
  if (!found || (found.video && !isVideo) || (!found.read && !isEditable)) return null;
  return found.action;
}

/** Chords that both the page and the canvas would take: must stay empty, a test says so. */
export function clashes(): string[] {
  const canvas = new Set(DEFAULT_KEYMAP.flatMap((binding) => binding.keys));
  return PAGE_KEYS.flatMap((each) => each.keys).filter((key) => canvas.has(key));
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
