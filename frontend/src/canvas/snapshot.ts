/** The small picture of the editor that a host draws its panels from; a new object only when something changed. */

import { isShown, type DocState } from './document/model';
import type { Measured } from './tools/measure';
import type { ToolOptions } from './tools/options';
import type { SmartStatus } from './tools/smart-provider';
import type { ToolName } from './tools/tool';

export type Counts = {
  readonly regions: number;
  readonly hidden: number;
  readonly tags: number;
  readonly tracks: number;
  /** Open suggestions, and those of them at or above the slider. */
  readonly suggestionsOpen: number;
  readonly suggestionsShown: number;
};

/** `id` tells two of the same words apart. */
export type Notice = { readonly id: number; readonly text: string };

export type EditorSnapshot = {
  readonly tool: ToolName;
  /** The tool's state, such as `select.moving` or `polygon.drawing`. */
  readonly toolPath: string;
  readonly selection: readonly string[];
  /** The label that the next object gets, null without labels. */
  readonly labelId: string | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly undoName: string | null;
  readonly redoName: string | null;
  /** CSS pixels per image pixel: 1 is 100 %. */
  readonly zoom: number;
  readonly counts: Counts;
  /** Suggestions below this score are not shown, 0..1. */
  readonly threshold: number;
  /** The frame shown, null for a still image. */
  readonly frame: number | null;
  /** A stand-in lies over it: nothing is changed meanwhile. */
  readonly isCovered: boolean;
  readonly smart: SmartStatus;
  readonly options: ToolOptions;
  /** Why the last thing asked for was not done, in words for the person. */
  readonly notice: Notice | null;
  /** Under the measure tool: the areas of the selected objects together, square image pixels. */
  readonly selectedPx2: number | null;
  /** What the measure tool says, null for nothing measured. */
  readonly measured: Measured | null;
  /** Grows with every change of the document: a key for memos over `editor.document.state`. */
  readonly revision: number;
};

export function countsOf(state: DocState, threshold: number): Counts {
  let hidden = 0;
  for (const region of state.regions.values()) if (region.hidden) hidden += 1;
  let suggestionsOpen = 0;
  let suggestionsShown = 0;
  for (const suggestion of state.suggestions.values()) {
    if (suggestion.status !== 'open') continue;
    suggestionsOpen += 1;
    if (isShown(suggestion, threshold)) suggestionsShown += 1;
  }
  const { regions, tags, tracks } = state;
  return {
    regions: regions.size,
    hidden,
    tags: tags.size,
    tracks: tracks.size,
    suggestionsOpen,
    suggestionsShown,
  };
}

function sameFields(a: object, b: object): boolean {
  const others = new Map(Object.entries(b));
  return Object.entries(a).every(([key, value]) => Object.is(value, others.get(key)));
}

/** `next`, or `last` itself where nothing differs: a pointer that merely moves must not redraw the host. */
export function settled(last: EditorSnapshot | null, next: EditorSnapshot): EditorSnapshot {
  if (!last) return next;
  const counts = sameFields(last.counts, next.counts) ? last.counts : next.counts;
  const smart = sameFields(last.smart, next.smart) ? last.smart : next.smart;
  const measured =
    last.measured && next.measured && sameFields(last.measured, next.measured)
      ? last.measured
      : next.measured;
  const merged = { ...next, counts, smart, measured };
  return sameFields(last, merged) ? last : merged;
}
