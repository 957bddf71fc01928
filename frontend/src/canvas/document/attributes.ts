/** Attribute values an object gets from its label: its defaults, under what a person said. The one place. Pure. */

import type { AttributeDef, Attributes, AttributeValue, Keyframe, LabelDef } from './model';

const isValue = (value: unknown): value is Exclude<AttributeValue, null> =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A box that is not ticked says no, so a required one is never empty. */
const presetOf = ({ default: preset, type, required }: AttributeDef): unknown =>
  preset ?? (type === 'bool' && required ? false : undefined);

/**
 * The values an object of `label` has: the given ones it knows, its defaults for the rest. Values of a former
 * label's attributes are left behind. A label that says nothing of attributes keeps all that is given.
 */
export function completed(label: LabelDef | undefined, given: Readonly<Record<string, unknown>>): Attributes {
  if (!label?.attributes) return given as Attributes;
  const values: Record<string, AttributeValue> = {};
  for (const each of label.attributes) {
    if (!each.id) continue;
    const value = given[each.id] ?? presetOf(each);
    if (isValue(value)) values[each.id] = value;
  }
  return values;
}

/** The ids of required attributes that have no value, defaults counted. */
export function lacking(label: LabelDef | undefined, given: Readonly<Record<string, unknown>>): string[] {
  const values = completed(label, given);
  return (label?.attributes ?? []).flatMap(({ id, required }) =>
    id && required && (values[id] ?? '') === '' ? [id] : [],
  );
}

/**
 * What a keyframe says of attributes as it counts: a required one that it takes back falls to its default, as it does
 * where an object never said it.
 */
export function saidWithDefaults(
  label: LabelDef | undefined,
  said: Readonly<Record<string, unknown>>,
): Attributes {
  const entries = Object.entries(said).map(([key, value]): [string, AttributeValue] => {
    const known = label?.attributes?.find((each) => each.id === key);
    const preset = known?.required ? presetOf(known) : undefined;
    const counts = (value ?? '') === '' ? preset : value;
    return [key, isValue(counts) ? counts : null];
  });
  return Object.fromEntries(entries);
}

/** The keyframes with what they say of attributes as it counts. */
export function keyframesWithDefaults<K extends { attributes?: Readonly<Record<string, unknown>> }>(
  label: LabelDef | undefined,
  keyframes: readonly K[],
): (K & { attributes?: Attributes })[] {
  return keyframes.map((each) =>
    each.attributes ? { ...each, attributes: saidWithDefaults(label, each.attributes) } : each,
  ) as (K & { attributes?: Attributes })[];
}

/** The ids of required attributes that keyframes take back, and the first frame on which; defaults counted. */
export function takenBack(
  label: LabelDef | undefined,
  keyframes: readonly Pick<Keyframe, 'frame' | 'attributes'>[],
): ReadonlyMap<string, number> {
  const required = new Set(label?.attributes?.flatMap(({ id, required }) => (id && required ? [id] : [])));
  const found = new Map<string, number>();
  for (const { frame, attributes = {} } of keyframes) {
    for (const [key, value] of Object.entries(saidWithDefaults(label, attributes))) {
      if ((value ?? '') === '' && required.has(key) && !found.has(key)) found.set(key, frame);
    }
  }
  return found;
}
