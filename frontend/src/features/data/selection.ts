/** Which pictures are chosen, as every file list does it: plain, with Ctrl, with Shift. */

export type Selection = {
  readonly chosen: ReadonlySet<string>;
  /** Where a Shift range starts. */
  readonly anchor: string | null;
};

export const NOTHING: Selection = { chosen: new Set(), anchor: null };

/** Put one in or take it out; the next range starts here. */
export function toggleOne({ chosen }: Selection, id: string): Selection {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return { chosen: next, anchor: id };
}

/** Add everything between the anchor and `id`, in the order shown. */
export function extendTo(selection: Selection, ids: readonly string[], id: string): Selection {
  const from = selection.anchor === null ? -1 : ids.indexOf(selection.anchor);
  const to = ids.indexOf(id);
  if (from < 0 || to < 0) return { chosen: new Set([...selection.chosen, id]), anchor: id };
  const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { chosen: new Set([...selection.chosen, ...range]), anchor: selection.anchor };
}

/** Where the keyboard goes from `at` in a grid of `columns`; null for keys that do not move. */
export function moved(key: string, at: number, columns: number, total: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -at,
    End: total - 1 - at,
    PageUp: -columns * 3,
    PageDown: columns * 3,
  };
  const step = steps[key];
  if (step === undefined || total === 0) return null;
  const next = at + step;
  // A step up or down out of the grid stays in place; pages go to its ends.
  if (key === 'ArrowUp' || key === 'ArrowDown') return next < 0 || next >= total ? at : next;
  return Math.min(total - 1, Math.max(0, next));
}
