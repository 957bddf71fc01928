/** In what two states of one object differ, in words for the person who chooses. Pure. */
import type { WireRegion } from '@/canvas/document/wire';
import type { Label } from '@/types/api';

import { annotateWords as words } from '../strings';
import { sameValue } from './merge';

/** What is said of `side` beside `other`; empty where only the other one is gone. */
export function differences(
  side: WireRegion,
  other: WireRegion | null,
  labels: ReadonlyMap<string, Label>,
): string[] {
  if (!other) return [];
  const said: string[] = [];
  if (side.shape !== other.shape) said.push(side.shape);
  if (!sameValue(side.geometry, other.geometry)) said.push(words.moved);
  const mine = side.attributes ?? {};
  const theirs = other.attributes ?? {};
  for (const { id, name } of labels.get(side.label_id)?.attributes ?? []) {
    if (!id || sameValue(mine[id], theirs[id])) continue;
    said.push(words.unlike(name, valueText(mine[id])));
  }
  if (Boolean(side.occluded) !== Boolean(other.occluded))
    said.push(side.occluded ? words.covered : words.uncovered);
  if ((side.z_index ?? 0) !== (other.z_index ?? 0))
    said.push(words.unlike(words.layer, String(side.z_index ?? 0)));
  if ((side.group_id ?? null) !== (other.group_id ?? null)) said.push(words.group);
  return said;
}

function valueText(value: unknown): string {
  if (value === true) return words.yes;
  if (value === false) return words.no;
  return typeof value === 'string' || typeof value === 'number'
    ? String(value) || words.noValue
    : words.noValue;
}
