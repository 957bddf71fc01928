/** Attribute values as they count: the label's defaults with the person's values on top. Pure. */
import type { Attributes, AttributeValue } from '@/canvas/document/model';
import type { WireRegion } from '@/canvas/document/wire';
import type { Attribute, Label } from '@/types/api';

const isValue = (value: unknown): value is AttributeValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Values of attributes the label has; those of a former label are left behind. */
export function valuesOf(label: Label | undefined, given: Readonly<Record<string, unknown>>): Attributes {
  const values: Record<string, AttributeValue> = {};
  for (const { id, default: preset } of label?.attributes ?? []) {
    if (!id) continue;
    const value = given[id] ?? preset;
    if (isValue(value)) values[id] = value;
  }
  return values;
}

/** Required attributes without a value. */
export function missingOf(label: Label | undefined, given: Readonly<Record<string, unknown>>): Attribute[] {
  const values = valuesOf(label, given);
  return (label?.attributes ?? []).filter(
    (each) => each.required && (values[each.id ?? ''] ?? '') === '' && each.type !== 'bool',
  );
}

/** The row as it is saved: with every value that counts. */
export function withValues(row: WireRegion, labels: ReadonlyMap<string, Label>): WireRegion {
  const label = labels.get(row.label_id);
  return label ? { ...row, attributes: valuesOf(label, row.attributes ?? {}) } : row;
}
