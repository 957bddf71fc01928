/** The canvas's rule on attribute values, as the panels and the saving ask it. Pure. */
import { completed, lacking } from '@/canvas/document/attributes';
import type { WireRegion } from '@/canvas/document/wire';
import type { Attribute, Label } from '@/types/api';

/** Required attributes without a value. */
export function missingOf(label: Label | undefined, given: Readonly<Record<string, unknown>>): Attribute[] {
  const ids = new Set(lacking(label, given));
  return ids.size === 0 ? [] : (label?.attributes ?? []).filter((each) => ids.has(each.id ?? ''));
}

/** The row as it is saved: with every value that counts. */
export function withValues(row: WireRegion, labels: ReadonlyMap<string, Label>): WireRegion {
  const label = labels.get(row.label_id);
  return label ? { ...row, attributes: completed(label, row.attributes ?? {}) } : row;
}
