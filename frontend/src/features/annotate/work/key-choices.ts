/**
 * The keys a person chose in place of the default ones, kept in this browser. One table over all that hears keys on
 * the page: the canvas, the page, the player of videos and the labels; so a clash is found wherever it is. Pure but for
 * `keptKeys` and `keepKeys`.
 */
import { DEFAULT_KEYMAP, type ActionName } from '@/canvas/keymap';
import { VIDEO_KEYS } from '@/components/video/keys';
import type { Label } from '@/types/api';

import { FOLLOW_KEYS } from '../follow/keys';
import { keyCaps, PAGE_KEYS, type PageAction } from './keys';
import { shortcutOf } from './label-keys';

/** `canvas.undo`, `page.submit`, or of those that stay as they are `video.play`, `label.<id>`. */
export type KeyId = string;
export type KeyChoices = Readonly<Record<KeyId, readonly string[]>>;

export type KeyLine = {
  readonly id: KeyId;
  readonly group: string;
  readonly title: string;
  readonly keys: readonly string[];
  readonly isChanged: boolean;
  /** The player's keys and the labels' (a manager sets those in the project). */
  readonly isFixed: boolean;
};

/** Words that say why a key was refused. */
export type Refusal = string;

const FIRST_GROUP = 'Picture by picture';
/** What browsers do not hand over, or what the page cannot do without. */
const BROWSER = new Set([
  'Ctrl+W',
  'Ctrl+T',
  'Ctrl+N',
  'Ctrl+Shift+T',
  'Ctrl+Shift+N',
  'Ctrl+Shift+W',
  'Ctrl+Q',
  'F5',
  'F11',
  'F12',
  'Ctrl+R',
  'Ctrl+L',
  'Ctrl+Tab',
]);
const OURS: Readonly<Record<string, string>> = {
  ' ': 'Space moves the picture while it is held.',
  'Ctrl+K': 'Ctrl K opens the search over everything.',
  Escape: 'Esc cancels, everywhere.',
};

/** The whole table. `labels`: of the open project, whose own keys are taken too. */
export function keyLines(choices: KeyChoices, labels: readonly Label[], isVideo: boolean): KeyLine[] {
  const line = (group: string, id: KeyId, title: string, keys: readonly string[]): KeyLine => ({
    id,
    group,
    title,
    keys: choices[id] ?? keys,
    isChanged: choices[id] !== undefined,
    isFixed: false,
  });
  const fixed = (group: string, id: KeyId, title: string, keys: readonly string[]): KeyLine => ({
    ...line(group, id, title, keys),
    keys,
    isChanged: false,
    isFixed: true,
  });
  return [
    ...PAGE_KEYS.map((each) => line(FIRST_GROUP, `page.${each.action}`, each.title, each.keys)),
    ...DEFAULT_KEYMAP.map((each) => line(each.group, `canvas.${each.action}`, each.title, each.keys)),
    ...(isVideo
      ? Object.entries({ ...VIDEO_KEYS, ...FOLLOW_KEYS }).map(([name, { title, key }]) =>
          fixed('Video', `video.${name}`, title, [key]),
        )
      : []),
    ...labels.flatMap((label, index) => {
      const key = shortcutOf(labels, index);
      return key ? [fixed('Labels', `label.${label.id}`, label.name, [key.toUpperCase()])] : [];
    }),
  ];
}

/** Who has a chord, leaving `id` itself out. */
export function holderOf(lines: readonly KeyLine[], chord: string, id: KeyId): KeyLine | null {
  return lines.find((each) => each.id !== id && each.keys.includes(chord)) ?? null;
}

/** Why `id` cannot have `chord`; null where it can. */
export function refusalOf(lines: readonly KeyLine[], id: KeyId, chord: string): Refusal | null {
  const said = keyCaps(chord).join(' ');
  if (BROWSER.has(chord)) return `The browser keeps ${said} for itself.`;
  if (OURS[chord]) return OURS[chord];
  const holder = holderOf(lines, chord, id);
  if (holder?.id.startsWith('label.')) return `${said} picks the label ${holder.title}.`;
  if (holder) return `${said} is taken: ${holder.title}. Change that one first.`;
  if (/^\d$/.test(chord)) return 'Digits pick labels.';
  return null;
}

/** Without the choices of one action. */
export function withoutChoice(choices: KeyChoices, id: KeyId): KeyChoices {
  return Object.fromEntries(Object.entries(choices).filter(([each]) => each !== id));
}

/** The default keys of an action; empty for an unknown one. */
export function defaultsOf(id: KeyId): readonly string[] {
  return keyLines({}, [], true).find((each) => each.id === id)?.keys ?? [];
}

/** Choices that still hold: of known actions, and free of clashes with each other and with newer default keys. */
export function soundChoices(given: unknown): KeyChoices {
  if (typeof given !== 'object' || given === null) return {};
  let sound: KeyChoices = {};
  const known = new Set(
    keyLines({}, [], true)
      .filter((each) => !each.isFixed)
      .map((each) => each.id),
  );
  // All at once first: two actions may have swapped their keys.
  const wanted = Object.entries(given).filter(
    (entry): entry is [KeyId, string[]] =>
      known.has(entry[0]) && Array.isArray(entry[1]) && entry[1].every((key) => typeof key === 'string'),
  );
  const all = Object.fromEntries(wanted);
  const allowed = clashesOf({});
  if (clashesOf(all) <= allowed) return all;
  for (const [id, keys] of wanted) {
    const next = { ...sound, [id]: keys };
    if (clashesOf(next) <= allowed) sound = next;
  }
  return sound;
}

function clashesOf(choices: KeyChoices): number {
  const keys = keyLines(choices, [], true).flatMap((each) => each.keys);
  return keys.length - new Set(keys).size;
}

/** The part of the choices that the canvas hears, as `editor.setKeys` takes it. */
export function canvasKeys(choices: KeyChoices): Partial<Record<ActionName, readonly string[]>> {
  return Object.fromEntries(
    DEFAULT_KEYMAP.flatMap(({ action }) => {
      const keys = choices[`canvas.${action}`];
      return keys ? [[action, keys]] : [];
    }),
  );
}

/** The keys of the page's own actions. */
export function pageKeys(choices: KeyChoices): Readonly<Record<PageAction, readonly string[]>> {
  return Object.fromEntries(
    PAGE_KEYS.map(({ action, keys }) => [action, choices[`page.${action}`] ?? keys]),
  ) as Record<PageAction, readonly string[]>;
}

const nameOf = (personId: string): string => `siteloop.keys.${personId}`;

export function keptKeys(personId: string): KeyChoices {
  try {
    return soundChoices(JSON.parse(localStorage.getItem(nameOf(personId)) ?? '{}'));
  } catch {
    return {}; // storage may be barred by the browser, or its content broken
  }
}

export function keepKeys(personId: string, choices: KeyChoices): void {
  try {
    localStorage.setItem(nameOf(personId), JSON.stringify(choices));
  } catch {
    // They then hold until the page is left.
  }
}
