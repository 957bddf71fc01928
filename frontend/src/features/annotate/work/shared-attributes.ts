/** What several selected objects have in common, for one form over all of them. Pure. */
import { completed } from '@/canvas/document/attributes';
import { labelAllows, labelTracks, type Attributes, type AttributeValue } from '@/canvas/document/model';
import type { Attribute, Label } from '@/types/api';

import { missingOf } from './attributes';

export type SharedAttribute = {
  readonly attribute: Attribute;
  /** The value that all have; null where they have none, or different ones. */
  readonly value: AttributeValue;
  readonly isMixed: boolean;
  /** How many lack this required value. */
  readonly lacking: number;
};

type Thing = { readonly labelId: string; readonly attributes: Attributes };

/** One entry for each attribute of the label that all the objects have. */
export function sharedAttributes(label: Label, things: readonly Thing[]): SharedAttribute[] {
  const values = things.map((thing) => completed(label, thing.attributes));
  const missing = things.map((thing) => new Set(missingOf(label, thing.attributes).map((each) => each.id)));
  return label.attributes.map((attribute) => {
    const id = attribute.id ?? '';
    const [first = null, ...rest] = values.map((each) => each[id] ?? null);
    const isMixed = rest.some((value) => value !== first);
    return {
      attribute,
      value: isMixed ? null : first,
      isMixed,
      lacking: missing.filter((each) => each.has(attribute.id)).length,
    };
  });
}

/** The labels that may take the place of those of the objects: which allow every one of their shapes. */
export function labelsFor(labels: readonly Label[], shapes: ReadonlySet<string>, isVideo = false): Label[] {
  const allows = (label: Label, shape: string) =>
    isVideo && shape !== 'tag' ? labelTracks(label, shape) : labelAllows(label, shape);
  return labels.filter((label) => [...shapes].every((shape) => allows(label, shape)));
}
