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
