/**
 * Commands on regions and tags. Each is a pure function of the state that returns the patches, or null
 * where nothing would change. Locked regions are left alone by all but `setFlags`.
 */

import { sameShape, type Shape } from '../geometry/shape';
import { newId } from './ids';
import type { Attributes, DocState, Region, Source, Tag } from './model';
import { commandOf, drop, put, type Command } from './patches';

export type NewRegion = Pick<Region, 'labelId' | 'shape'> & Partial<Region>;

export function nextZ(state: DocState): number {
  let top = -1;
  for (const region of state.regions.values()) top = Math.max(top, region.zIndex);
  return top + 1;
}

/** Fills in what a new region lacks: id, person as source, on top of the others. */
export function regionOf(state: DocState, fields: NewRegion, offset = 0): Region {
  return {
    id: newId(),
    attributes: {},
    source: 'person',
    suggestionId: null,
    score: null,
    hidden: false,
    locked: false,
    zIndex: nextZ(state) + offset,
    occluded: false,
    groupId: null,
    ...fields,
  };
}

export function addRegions(state: DocState, regions: readonly NewRegion[], name = 'Add'): Command | null {
  return commandOf(
    name,
    regions.map((fields, index) => put('regions', null, regionOf(state, fields, index))),
  );
}

function unlocked(state: DocState, ids: Iterable<string>): Region[] {
  const found: Region[] = [];
  for (const id of ids) {
    const region = state.regions.get(id);
    if (region && !region.locked) found.push(region);
  }
  return found;
}

export function removeRegions(state: DocState, ids: Iterable<string>, name = 'Delete'): Command | null {
  return commandOf(
    name,
    unlocked(state, ids).map((region) => drop('regions', region)),
  );
}

/** An accepted suggestion whose shape a person then changes is the person's work: the source says so. */
export function changeShapes(
  state: DocState,
  shapes: ReadonlyMap<string, Shape>,
  name = 'Change shape',
  mergeKey?: string,
): Command | null {
  const patches = unlocked(state, shapes.keys()).flatMap((region) => {
    const shape = shapes.get(region.id);
    if (!shape || sameShape(shape, region.shape)) return [];
    return [put('regions', region, { ...region, shape, source: 'person' })];
  });
  return commandOf(name, patches, mergeKey);
}

/** `values` says what becomes of the attributes under the new label. */
export function changeLabel(
  state: DocState,
  ids: Iterable<string>,
  labelId: string,
  values: (given: Attributes) => Attributes = (given) => given,
): Command | null {
  const patches = unlocked(state, ids)
    .filter((region) => region.labelId !== labelId)
    .map((region) => {
      const attributes = values(region.attributes);
      return put('regions', region, { ...region, labelId, attributes, source: 'person' });
    });
  return commandOf('Change label', patches);
}

/** Merges `attributes` into those of each region; a value of null clears one. */
export function setAttributes(
  state: DocState,
  ids: Iterable<string>,
  attributes: Attributes,
): Command | null {
  const patches = unlocked(state, ids).flatMap((region) => {
    const merged = Object.fromEntries(
      Object.entries({ ...region.attributes, ...attributes }).filter(([, value]) => value !== null),
    );
    const same = JSON.stringify(merged) === JSON.stringify(region.attributes);
    return same ? [] : [put('regions', region, { ...region, attributes: merged })];
  });
  return commandOf('Change attributes', patches);
}

export type Flags = Partial<Pick<Region, 'hidden' | 'locked'>>;

export function setFlags(state: DocState, ids: Iterable<string>, flags: Flags): Command | null {
  const patches = [...ids].flatMap((id) => {
    const region = state.regions.get(id);
    if (!region) return [];
    const next = { ...region, ...flags };
    const same = next.hidden === region.hidden && next.locked === region.locked;
    return same ? [] : [put('regions', region, next)];
  });
  const name =
    flags.hidden !== undefined ? (flags.hidden ? 'Hide' : 'Show') : flags.locked ? 'Lock' : 'Unlock';
  return commandOf(name, patches);
}

/** Brings regions above or below all others, keeping their order among themselves. */
export function reorder(state: DocState, ids: Iterable<string>, to: 'front' | 'back'): Command | null {
  const moved = unlocked(state, ids).sort((a, b) => a.zIndex - b.zIndex);
  const lowest = Math.min(0, ...[...state.regions.values()].map((region) => region.zIndex));
  const start = to === 'front' ? nextZ(state) : lowest - moved.length;
  return commandOf(
    to === 'front' ? 'Bring to front' : 'Send to back',
    moved.map((region, index) => put('regions', region, { ...region, zIndex: start + index })),
  );
}

/** Tags the image; null where it carries that label already. */
export function addTag(
  state: DocState,
  labelId: string,
  extra: { source?: Source; suggestionId?: string | null; attributes?: Attributes } = {},
): Command | null {
  for (const tag of state.tags.values()) if (tag.labelId === labelId) return null;
  const tag: Tag = { id: newId(), labelId, attributes: {}, source: 'person', suggestionId: null, ...extra };
  return commandOf('Add tag', [put('tags', null, tag)]);
}

export function removeTag(state: DocState, tagId: string): Command | null {
  const tag = state.tags.get(tagId);
  return tag ? commandOf('Remove tag', [drop('tags', tag)]) : null;
}
