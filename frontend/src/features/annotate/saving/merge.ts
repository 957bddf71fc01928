/** Putting one person's changes on top of labels that went on elsewhere, region by region. Pure. */
import type { WireLabels, WireRegion } from '@/canvas/document/wire';
import type { WireKeyframe } from '@/canvas/geometry/shapes/kind';

/** One region as it was when the change was made, and as it is now; null: not there. */
export type Change = { id: string; before: WireRegion | null; after: WireRegion | null };
export type TagChange = { added: readonly string[]; removed: readonly string[] };
export type Changes = { regions: readonly Change[]; tags: TagChange };

/** Both sides changed the same region, differently. */
export type Conflict = { id: string; mine: WireRegion | null; theirs: WireRegion | null };
export type Choice = 'theirs' | 'mine' | 'both';
export type Merge = { labels: WireLabels; conflicts: readonly Conflict[] };

/** Whether a person would call them the same; source, score and their like are the server's to say. */
export function sameRegion(a: WireRegion | null, b: WireRegion | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || JSON.stringify(essence(a)) === JSON.stringify(essence(b));
}

/** Whether two JSON values say the same, whatever the order of their keys; nothing and null are one. */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b ?? null));
}

/** What a person makes, of whatever shape, in one spelling. */
function essence(region: WireRegion): unknown {
  const { label_id, shape, attributes = {}, z_index = 0, occluded = false, group_id = null } = region;
  // A turn of 0 degrees, no holes, and that a track is one of boxes may be said or left out.
  const geometry = Object.entries(region.geometry).filter(
    ([key, value]) =>
      value !== 0 && !(Array.isArray(value) && value.length === 0) && !(key === 'of' && value === 'box'),
  );
  const known = [label_id, shape, Object.fromEntries(geometry), attributes, z_index, occluded, group_id];
  return [sorted(known), region.geometry.keyframes?.map(takenBack)];
}

/** Attributes that a keyframe takes back: there null says something. */
const takenBack = ({ attributes = {} }: WireKeyframe): string[] =>
  Object.keys(attributes)
    .filter((key) => attributes[key] === null)
    .sort();

/** Objects as lists of their entries by key; entries without a value are left out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, each]) => each !== undefined && each !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, sorted(each)]);
}

const byId = (labels: WireLabels) => new Map(labels.regions.map((row) => [row.region_id, row]));

/** What was changed on the way from `base` to `now`. */
export function changesBetween(base: WireLabels, now: WireLabels): Changes {
  const before = byId(base);
  const after = byId(now);
  const ids = new Set([...before.keys(), ...after.keys()]);
  const regions = [...ids]
    .map((id) => ({ id, before: before.get(id) ?? null, after: after.get(id) ?? null }))
    .filter((change) => !sameRegion(change.before, change.after));
  return { regions, tags: tagChange(base.tags, now.tags) };
}

export function tagChange(before: readonly string[], after: readonly string[]): TagChange {
  return {
    added: after.filter((tag) => !before.includes(tag)),
    removed: before.filter((tag) => !after.includes(tag)),
  };
}

/**
 * Theirs with mine on top. Where both changed one region differently theirs stays for now and the conflict
 * is reported; tags never conflict.
 */
export function merge(changes: Changes, theirs: WireLabels): Merge {
  const rows = byId(theirs);
  const conflicts: Conflict[] = [];
  for (const { id, before, after } of changes.regions) {
    const other = rows.get(id) ?? null;
    if (sameRegion(other, after)) continue;
    if (!sameRegion(other, before)) conflicts.push({ id, mine: after, theirs: other });
    else if (after) rows.set(id, after);
    else rows.delete(id);
  }
  const kept = theirs.tags.filter((tag) => !changes.tags.removed.includes(tag));
  const tags = [...new Set([...kept, ...changes.tags.added])];
  return { labels: { regions: [...rows.values()], tags }, conflicts };
}

/** The merged labels after the person chose. What has no choice stays theirs. `newId` names twins. */
export function resolve(
  merged: Merge,
  choices: ReadonlyMap<string, Choice>,
  newId: () => string,
): WireLabels {
  const rows = byId(merged.labels);
  for (const { id, mine, theirs } of merged.conflicts) {
    const choice = choices.get(id) ?? 'theirs';
    if (choice === 'theirs') continue;
    if (choice === 'both' && mine && theirs) {
      const twin = newId();
      // The suggestion stays with one of the twins: it can only have become one object.
      rows.set(twin, { ...mine, region_id: twin, suggestion_id: null });
    } else if (mine) rows.set(id, mine);
    else rows.delete(id);
  }
  return { ...merged.labels, regions: [...rows.values()] };
}
