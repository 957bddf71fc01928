/** The canvas's rule on attribute values, as the panels and the saving ask it. Pure. */
import { completed, keyframesWithDefaults, lacking, takenBack } from '@/canvas/document/attributes';
import type { Attributes, Keyframe } from '@/canvas/document/model';
import type { WireRegion } from '@/canvas/document/wire';
import type { Attribute, Label } from '@/types/api';

/** Required attributes without a value. */
export function missingOf(label: Label | undefined, given: Readonly<Record<string, unknown>>): Attribute[] {
  const ids = new Set(lacking(label, given));
  return ids.size === 0 ? [] : (label?.attributes ?? []).filter((each) => ids.has(each.id ?? ''));
}

/** `from`: the first frame on which it has none; null of the object as a whole. */
export type Missing = { readonly attribute: Attribute; readonly from: number | null };

type Thing = { readonly attributes: Attributes; readonly keyframes?: readonly Keyframe[] };

/** Required attributes without a value, of a track also those that one of its keyframes takes back. */
export function missingIn(label: Label | undefined, { attributes, keyframes = [] }: Thing): Missing[] {
  const missing = new Set(missingOf(label, attributes));
  const back = takenBack(label, keyframes);
  return (label?.attributes ?? []).flatMap((attribute): Missing[] => {
    if (missing.has(attribute)) return [{ attribute, from: null }];
    const from = back.get(attribute.id ?? '');
    return from === undefined ? [] : [{ attribute, from }];
  });
}

/** The row as it is saved: with every value that counts. */
export function withValues(row: WireRegion, labels: ReadonlyMap<string, Label>): WireRegion {
  const label = labels.get(row.label_id);
  if (!label) return row;
  const { keyframes } = row.geometry;
  const geometry = keyframes
    ? { ...row.geometry, keyframes: keyframesWithDefaults(label, keyframes) }
    : row.geometry;
  return { ...row, geometry, attributes: completed(label, row.attributes ?? {}) };
}
