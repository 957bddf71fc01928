/** What lies above what, one step at a time. */

import { boxesTouch } from '../geometry/box';
import { shapeBounds } from '../geometry/shape';
import type { DocState, Region } from './model';
import { commandOf, put, type Command } from './patches';

type Placed = { readonly id: string; readonly zIndex: number };

/** The drawing order: by height, equal heights by id. */
const isBelow = (a: Placed, b: Placed): boolean =>
  a.zIndex < b.zIndex || (a.zIndex === b.zIndex && a.id < b.id);

/**
 * One step up (1) or down (-1): past the next region that overlaps one of `ids`, since a step past something
 * elsewhere would be seen by nobody. Null where nothing lies there. Others move only where heights are short.
 */
export function stepOrder(state: DocState, ids: Iterable<string>, step: 1 | -1): Command | null {
  const moved = new Set([...ids].filter((id) => state.regions.get(id)?.locked === false));
  const order = [...state.regions.values()].sort((a, b) => (isBelow(a, b) ? -step : step));
  const passing: Region[] = [];
  const target = order.findIndex((region) => {
    if (moved.has(region.id)) passing.push(region);
    return !moved.has(region.id) && passing.some((each) => overlap(each, region));
  });
  if (target < 0) return null;
  const behind = order.slice(target).filter((region) => !passing.includes(region));
  const next = [...behind.slice(0, 1), ...passing, ...behind.slice(1)];
  return commandOf(step > 0 ? 'One up' : 'One down', heightened(next, step));
}

const overlap = (a: Region, b: Region): boolean => boxesTouch(shapeBounds(a.shape), shapeBounds(b.shape));

/** Patches that make the heights of `order` rise by `step`; the first one stays where it is. */
function heightened(order: readonly Region[], step: 1 | -1): ReturnType<typeof put>[] {
  const patches: ReturnType<typeof put>[] = [];
  let last: Placed | undefined = order[0];
  for (const region of order.slice(1)) {
    if (!last) break;
    const fits = step > 0 ? isBelow(last, region) : isBelow(region, last);
    const zIndex = fits ? region.zIndex : last.zIndex + step;
    if (zIndex !== region.zIndex) patches.push(put('regions', region, { ...region, zIndex }));
    last = { id: region.id, zIndex };
  }
  return patches;
}
