/** Attribute values an object gets from its label: its defaults, under what a person said. Pure. */

import type { Attributes, AttributeValue, LabelDef } from './model';

const isValue = (value: unknown): value is Exclude<AttributeValue, null> =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * The values an object of `label` has: the given ones it knows, its defaults for the rest. Values of a former
 * label's attributes are left behind. A label that says nothing of attributes keeps all that is given.
 */
export function completed(label: LabelDef | undefined, given: Attributes): Attributes {
  if (!label?.attributes) return given;
  const values: Record<string, AttributeValue> = {};
  for (const { id, default: preset } of label.attributes) {
    if (!id) continue;
    const value = given[id] ?? preset;
    if (isValue(value)) values[id] = value;
  }
  return values;
}

/** The ids of required attributes that have no value yet. */
export function lacking(label: LabelDef | undefined, given: Attributes): string[] {
  return (label?.attributes ?? []).flatMap(({ id, required }) =>
    id && required && (given[id] ?? '') === '' ? [id] : [],
  );
}
