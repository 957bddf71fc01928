/**
 * One picture's labels as a file: what is on the screen goes out, unsent edits included, and comes in again, here or
 * on another picture. Pure. The form is described in `docs/labelling.md`.
 */
import type { AttributeValue, Attributes, DocState, Region, Track } from '@/canvas/document/model';
import { documentFromWire, labelsToWire, type WireLabels, type WireRegion } from '@/canvas/document/wire';
import { labelAllows } from '@/canvas/document/model';
import type { LabelRows } from '@/canvas/document/replace';
import { clipShape, shapeFromWire, shapeBounds } from '@/canvas/geometry/shape';
import type { Size } from '@/canvas/geometry/points';
import type { OpenTask } from '@/types/annotation';
import type { Attribute, Label } from '@/types/api';

import { flowWords } from '../flow-strings';

export const FILE_FORMAT = 'siteloop.task';
export const FILE_VERSION = 1;
/** A picture with 10,000 polygons of 100 points is half of it. */
export const FILE_BYTES_MAX = 50 * 1024 * 1024;

export type TaskFile = {
  format: typeof FILE_FORMAT;
  version: number;
  exported_at: string;
  project_id: string;
  task_id: string;
  asset: { id: string; kind: 'image' | 'video'; name: string; width: number; height: number };
  /** Names beside ids: on another project they are what is known. */
  labels: { id: string; name: string; attributes: { id: string; name: string }[] }[];
  regions: WireRegion[];
  tags: string[];
};

/** In words for the person. */
export class TaskFileError extends Error {}

/** What is on the screen. `now`: ISO time. */
export function taskFile(task: OpenTask, labels: WireLabels, known: readonly Label[], now: string): TaskFile {
  const { id, kind, name, width, height } = task.asset;
  const used = new Set([...labels.regions.map((row) => row.label_id), ...labels.tags]);
  return {
    format: FILE_FORMAT,
    version: FILE_VERSION,
    exported_at: now,
    project_id: task.project_id,
    task_id: task.id,
    asset: { id, kind: kind === 'video' ? 'video' : 'image', name, width, height },
    labels: known
      .filter((label) => used.has(label.id))
      .map((label) => ({
        id: label.id,
        name: label.name,
        attributes: label.attributes.map((each) => ({ id: each.id ?? '', name: each.name })),
      })),
    regions: [...labels.regions],
    tags: [...labels.tags],
  };
}

/** Throws TaskFileError. */
export function parseTaskFile(text: string): TaskFile {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new TaskFileError(flowWords.fileNotJson);
  }
  if (!isRecord(given) || given.format !== FILE_FORMAT) throw new TaskFileError(flowWords.fileNotOurs);
  if (typeof given.version !== 'number') throw new TaskFileError(flowWords.fileNotOurs);
  if (given.version > FILE_VERSION) throw new TaskFileError(flowWords.fileNewer);
  const { asset, labels, regions, tags } = given;
  const isWhole =
    isRecord(asset) &&
    typeof asset.name === 'string' &&
    Array.isArray(labels) &&
    labels.every((each) => isRecord(each) && typeof each.id === 'string' && typeof each.name === 'string') &&
    Array.isArray(regions) &&
    regions.every(
      (each) =>
        isRecord(each) &&
        typeof each.region_id === 'string' &&
        typeof each.label_id === 'string' &&
        typeof each.shape === 'string' &&
        isRecord(each.geometry),
    ) &&
    Array.isArray(tags) &&
    tags.every((each) => typeof each === 'string');
  if (!isWhole) throw new TaskFileError(flowWords.fileNotOurs);
  return given as unknown as TaskFile;
}

export type LeftOut = { what: string; why: string };
export type ReadFile = { rows: LabelRows; leftOut: readonly LeftOut[]; isOther: boolean };

type Into = {
  task: OpenTask;
  labels: ReadonlyMap<string, Label>;
  state: DocState;
  size: Size;
  newId: () => string;
};

/**
 * The file's objects as this picture takes them: labels and attributes matched by id, then by name; of another
 * picture, with ids of their own. What does not fit is left out, with the reason.
 */
export function readInto(file: TaskFile, into: Into): ReadFile {
  const isOther = file.task_id !== into.task.id;
  const isVideo = into.task.asset.kind === 'video';
  const labelOf = labelMatcher(file, into.labels);
  const leftOut: LeftOut[] = [];
  const groups = new Map<string, string>();
  const taken: WireRegion[] = [];
  for (const row of file.regions) {
    const label = labelOf(row.label_id);
    const name = file.labels.find((each) => each.id === row.label_id)?.name ?? label?.name ?? row.label_id;
    const why = refusalOf(row, label, name, isVideo);
    if (why !== null || !label) {
      leftOut.push({ what: name, why: why ?? flowWords.why.broken });
      continue;
    }
    const attributes = attributesFor(file, row, label, (each) => leftOut.push({ what: name, why: each }));
    const group = row.group_id ?? null;
    if (isOther && group && !groups.has(group)) groups.set(group, into.newId());
    taken.push({
      ...row,
      region_id: isOther ? into.newId() : row.region_id,
      label_id: label.id,
      attributes,
      geometry: geometryFor(file, row, label),
      group_id: group && isOther ? (groups.get(group) ?? null) : group,
      ...originOf(row, isOther, into.state),
    });
  }
  const tags = file.tags.flatMap((id) => {
    const label = labelOf(id);
    const name = file.labels.find((each) => each.id === id)?.name ?? id;
    if (label && labelAllows(label, 'tag')) return [label.id];
    leftOut.push({ what: name, why: label ? flowWords.why.shape(name, 'tag') : flowWords.why.label(name) });
    return [];
  });
  const data = documentFromWire({ regions: taken, tags: [...new Set(tags)] });
  const regions = data.regions.flatMap((region): Region[] => {
    const shape = clipShape(region.shape, into.size);
    if (shape)
      return [JSON.stringify(shape) === JSON.stringify(region.shape) ? region : { ...region, shape }];
    leftOut.push({ what: into.labels.get(region.labelId)?.name ?? '', why: flowWords.why.outside });
    return [];
  });
  return { rows: { regions, tracks: data.tracks, tags: data.tags }, leftOut, isOther };
}

/** Where an object comes from is believed only of those that this picture knows; suggestions belong to one picture. */
function originOf(row: WireRegion, isOther: boolean, state: DocState): Partial<WireRegion> {
  const here = isOther ? undefined : state.regions.get(row.region_id);
  if (here) return { source: here.source, suggestion_id: here.suggestionId, score: here.score };
  const suggestion = isOther ? undefined : state.suggestions.get(row.suggestion_id ?? '');
  if (suggestion) return {};
  return { source: 'import', suggestion_id: null, score: null };
}

function labelMatcher(file: TaskFile, known: ReadonlyMap<string, Label>): (id: string) => Label | undefined {
  const plain = (name: string) => name.trim().toLowerCase();
  const byName = new Map([...known.values()].map((label) => [plain(label.name), label]));
  const names = new Map(file.labels.map((label) => [label.id, plain(label.name)]));
  return (id) => known.get(id) ?? byName.get(names.get(id) ?? '');
}

function refusalOf(row: WireRegion, label: Label | undefined, name: string, isVideo: boolean): string | null {
  const { why } = flowWords;
  if (!label) return why.label(name);
  if (row.shape === 'track' && !isVideo) return why.video;
  if (row.shape !== 'track' && isVideo) return why.image;
  const { of = 'box' } = row.geometry;
  const drawn =
    row.shape === 'track' ? [...(of === 'tag' ? [] : ['track']), ...(of === 'box' ? [] : [of])] : [row.shape];
  const unfit = drawn.find((shape) => !labelAllows(label, shape));
  if (unfit) return why.shape(label.name, unfit);
  return isReadable(row) ? null : why.broken;
}

function isReadable(row: WireRegion): boolean {
  if (!allFinite(row.geometry)) return false;
  try {
    if (row.shape === 'track') {
      const { tracks } = documentFromWire({ regions: [row], tags: [] });
      return (tracks[0]?.keyframes.length ?? 0) > 0;
    }
    const shape = shapeFromWire(row.shape, row.geometry);
    if (shape === null) return false;
    const { x1, y1, x2, y2 } = shapeBounds(shape);
    return [x1, y1, x2, y2].every(Number.isFinite);
  } catch {
    return false; // a hand-made file may hold anything
  }
}

/** JSON has no infinite numbers, but it has nulls and words in their places. */
function allFinite(value: unknown, key = ''): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return ['counts', 'of', 'by'].includes(key);
  if (Array.isArray(value)) return value.every((each) => allFinite(each));
  // What keyframes say of attributes is matched with the label's.
  if (key === 'attributes') return isRecord(value);
  if (isRecord(value)) return Object.entries(value).every(([name, each]) => allFinite(each, name));
  return typeof value === 'boolean';
}

/** The geometry with what its keyframes say of attributes by the ids of here. */
function geometryFor(file: TaskFile, row: WireRegion, label: Label): WireRegion['geometry'] {
  const { keyframes } = row.geometry;
  if (!keyframes?.some((each) => each.attributes)) return row.geometry;
  const said = keyframes.map((each) => {
    const attributes = attributesFor(file, { ...row, attributes: each.attributes }, label, () => undefined);
    return { ...each, attributes };
  });
  return { ...row.geometry, keyframes: said };
}

/** Values by the attribute ids of here: matched by id, then by name; what does not fit is told. */
function attributesFor(
  file: TaskFile,
  row: WireRegion,
  label: Label,
  tell: (why: string) => void,
): Attributes {
  const said = file.labels.find((each) => each.id === row.label_id)?.attributes ?? [];
  const values: Record<string, AttributeValue> = {};
  for (const [id, value] of Object.entries(row.attributes ?? {})) {
    if (value === null || value === undefined) continue;
    const name = said.find((each) => each.id === id)?.name ?? id;
    const own =
      label.attributes.find((each) => each.id === id) ??
      label.attributes.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (!own?.id) tell(flowWords.why.attribute(name));
    else if (!fitsAttribute(own, value)) tell(flowWords.why.value(name));
    else values[own.id] = value;
  }
  return values;
}

function fitsAttribute({ type, options = [] }: Attribute, value: unknown): value is AttributeValue {
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'number') return typeof value === 'number';
  if (typeof value !== 'string') return false;
  return options.length === 0 || options.includes(value);
}

export type Effect = {
  added: number;
  replaced: number;
  same: number;
  /** Where the file takes the place of all that is here. */
  removed: number;
  tagsAdded: number;
  tagsRemoved: number;
};

/** What taking the rows would do to the document. */
export function effectOf(rows: LabelRows, state: DocState, instead: boolean): Effect {
  const given: readonly (Region | Track)[] = [...rows.regions, ...rows.tracks];
  const here = (id: string) => state.regions.get(id) ?? state.tracks.get(id);
  const known = given.filter((row) => here(row.id) !== undefined);
  const same = known.filter((row) => isSame(row, here(row.id))).length;
  const tagsHere = new Set([...state.tags.values()].map((tag) => tag.labelId));
  const tagsGiven = new Set(rows.tags.map((tag) => tag.labelId));
  return {
    added: given.length - known.length,
    replaced: known.length - same,
    same,
    removed: instead ? state.regions.size + state.tracks.size - known.length : 0,
    tagsAdded: [...tagsGiven].filter((id) => !tagsHere.has(id)).length,
    tagsRemoved: instead ? [...tagsHere].filter((id) => !tagsGiven.has(id)).length : 0,
  };
}

function isSame(row: Region | Track, now: Region | Track | undefined): boolean {
  if (!now) return false;
  const sorted = (each: Region | Track) =>
    JSON.stringify(
      Object.entries({ ...each, hidden: false, locked: false }).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return sorted(row) === sorted(now);
}

/** As a file on disk. */
export function fileText(state: DocState, task: OpenTask, known: readonly Label[], now: string): string {
  return JSON.stringify(taskFile(task, labelsToWire(state), known, now), null, 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
