/** Commands on objects as members of something: groups, what hides what, what lies above what. */

import { newId } from './ids';
import type { DocState, Region } from './model';
import { commandOf, put, type Command } from './patches';

const found = (state: DocState, ids: Iterable<string>): Region[] =>
  [...ids].map((id) => state.regions.get(id)).filter((region) => region !== undefined);

function changed(name: string, regions: readonly Region[], change: Partial<Region>): Command | null {
  const patches = regions
    .filter((region) => Object.entries(change).some(([key, value]) => region[key as keyof Region] !== value))
    .map((region) => put('regions', region, { ...region, ...change }));
  return commandOf(name, patches);
}

/** Binds two or more regions; members of other groups leave those. */
export function groupRegions(state: DocState, ids: Iterable<string>): Command | null {
  const regions = found(state, ids);
  return regions.length > 1 ? changed('Group', regions, { groupId: newId() }) : null;
}

export function ungroupRegions(state: DocState, ids: Iterable<string>): Command | null {
  return changed('Ungroup', found(state, ids), { groupId: null });
}

export function setOccluded(state: DocState, ids: Iterable<string>, occluded: boolean): Command | null {
  const unlocked = found(state, ids).filter((region) => !region.locked);
  return changed(occluded ? 'Mark as covered' : 'Mark as not covered', unlocked, { occluded });
}

/** The ids with all members of their groups, in the order they are met. */
export function withGroups(state: DocState, ids: Iterable<string>): string[] {
  const wanted = new Set(ids);
  const groups = new Set(found(state, wanted).flatMap(({ groupId }) => (groupId ? [groupId] : [])));
  if (groups.size > 0) {
    for (const { id, groupId } of state.regions.values()) if (groupId && groups.has(groupId)) wanted.add(id);
  }
  return [...wanted];
}

/** One step up or down: each moved region changes places with the next one that is not moved. */
export function stepOrder(state: DocState, ids: Iterable<string>, step: 1 | -1): Command | null {
  const moved = new Set(found(state, ids).flatMap((region) => (region.locked ? [] : [region.id])));
  const before = [...state.regions.values()].sort((a, b) => a.zIndex - b.zIndex || (a.id < b.id ? -1 : 1));
  const order = [...before];
  const places = order.map((_, index) => index);
  for (const at of step > 0 ? places.reverse() : places) {
    const [here, next] = [order[at], order[at + step]];
    if (!here || !next || !moved.has(here.id) || moved.has(next.id)) continue;
    [order[at], order[at + step]] = [next, here];
  }
  const heights = distinctHeights(before);
  const patches = order.flatMap((region, index) => {
    const zIndex = heights[index] ?? index;
    return region.zIndex === zIndex ? [] : [put('regions', region, { ...region, zIndex })];
  });
  const hasMoved = order.some((region, index) => region.id !== before[index]?.id);
  return hasMoved ? commandOf(step > 0 ? 'One up' : 'One down', patches) : null;
}

/** The heights in use, rising; counted anew where some are equal, which would leave the order to the ids. */
function distinctHeights(sorted: readonly Region[]): number[] {
  const heights = sorted.map((region) => region.zIndex);
  const isDistinct = heights.every((z, index) => index === 0 || z > (heights[index - 1] ?? z));
  return isDistinct ? heights : heights.map((_, index) => index);
}
