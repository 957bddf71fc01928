/** A revision beside what is on the screen now: what restoring it would do. Pure. */
import { documentFromWire, type WireLabels } from '@/canvas/document/wire';
import type { DocState, Keyframe, Region, Track } from '@/canvas/document/model';
import type { LabelRows } from '@/canvas/document/replace';
import type { Shape } from '@/canvas/geometry/shape';
import type { Label } from '@/types/api';

export type Compared = {
  number: number;
  /** All that the revision holds and the project still has labels for. */
  rows: LabelRows;
  comesBack: readonly Shape[];
  goes: readonly Shape[];
  changes: readonly { now: Shape; then: Shape }[];
  same: readonly Shape[];
  /** Tracks are counted, not drawn: they are of many frames. */
  tracks: { comesBack: number; goes: number; changes: number };
  /** Label names, where the tags differ. */
  tags: readonly string[] | null;
  /** Objects whose label the project has no more. */
  leftOut: number;
};

export function compareWith(
  number: number,
  labels: WireLabels,
  state: DocState,
  known: ReadonlyMap<string, Label>,
): Compared {
  const kept = labels.regions.filter((row) => known.has(row.label_id));
  const tagIds = labels.tags.filter((id) => known.has(id));
  const rows = documentFromWire({ regions: kept, tags: tagIds });
  const there = new Map(rows.regions.map((row) => [row.id, row]));
  const here = [...state.regions.values()];
  const paired = here.flatMap((now) => {
    const then = there.get(now.id);
    return then ? [{ now, then }] : [];
  });
  const nowTags = [...state.tags.values()].map((tag) => tag.labelId).sort();
  const sameTags = [...tagIds].sort().join() === nowTags.join();
  return {
    number,
    rows,
    comesBack: rows.regions.filter((row) => !state.regions.has(row.id)).map((row) => row.shape),
    goes: here.filter((row) => !there.has(row.id)).map((row) => row.shape),
    changes: paired
      .filter(({ now, then }) => !sameRow(now, then))
      .map(({ now, then }) => ({ now: now.shape, then: then.shape })),
    same: paired.filter(({ now, then }) => sameRow(now, then)).map(({ now }) => now.shape),
    tracks: compareTracks(rows.tracks, state),
    tags: sameTags ? null : tagIds.map((id) => known.get(id)?.name ?? ''),
    leftOut: labels.regions.length - kept.length,
  };
}

export function isSameAsNow({ comesBack, goes, changes, tracks, tags }: Compared): boolean {
  const moved = comesBack.length + goes.length + changes.length;
  return moved + tracks.comesBack + tracks.goes + tracks.changes === 0 && tags === null;
}

function compareTracks(tracks: readonly Track[], { tracks: here }: DocState): Compared['tracks'] {
  const ids = new Set(tracks.map((track) => track.id));
  const changed = tracks.filter((track) => {
    const now = here.get(track.id);
    return now !== undefined && !sameRow(now, track);
  });
  return {
    comesBack: tracks.filter((track) => !here.has(track.id)).length,
    goes: [...here.keys()].filter((id) => !ids.has(id)).length,
    changes: changed.length,
  };
}

/** What lives in the browser only does not count, nor who made it. */
function sameRow(a: Region | Track, b: Region | Track): boolean {
  return JSON.stringify(content(a)) === JSON.stringify(content(b));
}

function content(row: Region | Track): unknown {
  const attributes = Object.entries(row.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if ('keyframes' in row) {
    const sorted = (each: Keyframe) => Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1));
    return [row.labelId, attributes, row.keyframes.map(sorted)];
  }
  const { labelId, shape, zIndex, occluded, groupId } = row;
  return [
    labelId,
    attributes,
    Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1)),
    zIndex,
    occluded,
    groupId,
  ];
}
