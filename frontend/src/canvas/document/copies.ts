/** Copies of regions: pasted beside their originals, on the next picture, or carried through a burst. */

import { clipShape, translateShape } from '../geometry/shape';
import type { Pair, Size } from '../geometry/points';
import type { NewRegion } from './commands';
import { newId } from './ids';
import type { Region } from './model';

/**
 * What pasting `regions` onto a picture of `size` adds, in their drawing order, moved by `shift` image pixels
 * and cut to the picture; those that lie outside of it, or whose label `knows` not, are left out. Ids and
 * groups are new: a copy is no member of its original's group. The work is the person's, whoever drew first.
 */
export function copiesOf(
  regions: readonly Region[],
  { size, shift: [dx, dy], knows }: { size: Size; shift: Pair; knows: (labelId: string) => boolean },
): NewRegion[] {
  const kept = [...regions]
    .sort((a, b) => a.zIndex - b.zIndex)
    .flatMap(({ labelId, shape, attributes, occluded, groupId }) => {
      const cut = knows(labelId) ? clipShape(translateShape(shape, dx, dy), size) : null;
      return cut ? [{ labelId, shape: cut, attributes, occluded, groupId }] : [];
    });
  const groups = new Map<string, string>();
  for (const { groupId } of kept) {
    const members = kept.filter((each) => each.groupId === groupId).length;
    if (groupId !== null && members > 1 && !groups.has(groupId)) groups.set(groupId, newId());
  }
  return kept.map((each) => ({ ...each, groupId: groups.get(each.groupId ?? '') ?? null }));
}
