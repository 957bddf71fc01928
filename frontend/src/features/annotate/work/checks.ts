/**
 * What stands in the way of a submit, found on the page by the rules of the server (`annotation/domain/checks.py`;
 * both read `tests/vectors/checks.json`). Pure.
 */
import type { DocState } from '@/canvas/document/model';
import { boxIou, type Box } from '@/canvas/geometry/box';
import { shapeBounds, type Shape } from '@/canvas/geometry/shape';
import type { Label, ProjectSettings } from '@/types/api';

import { missingIn } from './attributes';
import { checkWords as words } from './check-words';
import type { Refusals } from './submitting';

/** A person mends one after the other: a longer list would only be a longer answer. */
const PROBLEMS_MAX = 200;
/** The server's own, where a project says nothing. */
const MIN_BOX_PX = 3;
/** Shapes without an inside have no smallest size. */
const SIZED: readonly Shape['type'][] = ['box', 'polygon', 'mask', 'ellipse', 'cuboid'];

export type Checks = { maxOverlapIou: number; neededLabels: readonly string[]; confirmEmpty: boolean };
/** `box`: of upright boxes, null for any other shape. */
export type CheckedRow = { id: string; labelId: string; box: Box | null };

export type ProblemKind = 'attributes' | 'size' | 'overlap' | 'label' | 'empty' | 'server';
export type Problem = {
  /** The field that the server would name. */
  field: string;
  kind: ProblemKind;
  /** What to select and show. */
  objectId: string | null;
  labelId: string | null;
  /** Where to mend it, of a track; null: wherever it is there. */
  frame: number | null;
  text: string;
};

export const checksOf = (settings: ProjectSettings): Checks => ({
  maxOverlapIou: settings.max_overlap_iou ?? 1,
  neededLabels: settings.needed_labels ?? [],
  confirmEmpty: settings.confirm_empty ?? false,
});

/** What the project's own checks find, by field: `regions.<id>`, `labels.<id>`, `nothing_here`. */
export function checkProblems(
  checks: Checks,
  rows: readonly CheckedRow[],
  tags: readonly string[],
  names: ReadonlyMap<string, string>,
  nothingHere = false,
): Record<string, string> {
  if (rows.length === 0 && tags.length === 0) {
    if (nothingHere) return {};
    if (checks.confirmEmpty) return { nothing_here: words.empty };
  }
  const problems: Record<string, string> = {};
  const used = new Set([...rows.map((row) => row.labelId), ...tags]);
  for (const id of checks.neededLabels) {
    const name = names.get(id);
    if (name !== undefined && !used.has(id)) problems[`labels.${id}`] = words.needed(name);
  }
  for (const { id, labelId, iou } of overlaps(rows, checks.maxOverlapIou)) {
    if (Object.keys(problems).length >= PROBLEMS_MAX) break;
    problems[`regions.${id}`] = words.covers(names.get(labelId) ?? words.object, iou);
  }
  return problems;
}

type Overlap = { id: string; labelId: string; iou: number };
type Placed = { id: string; order: number; box: Box };

/** The later of two upright boxes of one label whose IoU is above `limit`. Once each. */
function overlaps(rows: readonly CheckedRow[], limit: number): Overlap[] {
  if (limit >= 1) return [];
  const byLabel = new Map<string, Placed[]>();
  rows.forEach(({ id, labelId, box }, order) => {
    if (box) byLabel.set(labelId, [...(byLabel.get(labelId) ?? []), { id, order, box }]);
  });
  const found = new Map<string, Overlap>();
  for (const [labelId, placed] of byLabel) {
    placed.sort((a, b) => a.box.x1 - b.box.x1 || a.box.y1 - b.box.y1 || a.order - b.order);
    placed.forEach((one, at) => {
      // With an IoU above the limit the left edges lie closer than this: what follows cannot reach it.
      const reach = one.box.x1 + (one.box.x2 - one.box.x1) * (1 - limit);
      for (const other of placed.slice(at + 1)) {
        if (other.box.x1 > reach) break;
        const { id } = one.order > other.order ? one : other;
        const iou = boxIou(one.box, other.box);
        if (iou > limit && !found.has(id)) found.set(id, { id, labelId, iou });
      }
    });
  }
  return [...found.values()];
}

const uprightBox = (shape: Shape): Box | null => (shape.type === 'box' && !shape.rotation ? shape : null);

/** A turned box is measured along its own sides. */
function sidesOf(shape: Shape): [number, number] {
  const { x1, y1, x2, y2 } = shape.type === 'box' ? shape : shapeBounds(shape);
  return [Math.abs(x2 - x1), Math.abs(y2 - y1)];
}

/** All that is wrong with the labels as they are, in the order in which to mend it. */
export function problemsOf(
  state: DocState,
  labels: ReadonlyMap<string, Label>,
  settings: ProjectSettings,
): Problem[] {
  const least = settings.min_box_px ?? MIN_BOX_PX;
  const problems: Problem[] = [];
  const objects = [...state.regions.values(), ...state.tracks.values()];
  for (const object of objects) {
    const { id, labelId } = object;
    const missing = missingIn(labels.get(labelId), object);
    if (missing.length === 0) continue;
    const names = missing.map(({ attribute, from }) => words.missingFrom(attribute.name, from));
    const frame = missing.find(({ from }) => from !== null)?.from ?? null;
    problems.push({ ...aboutObject(id, labelId), frame, kind: 'attributes', text: words.missing(names) });
  }
  for (const { id, labelId, shape } of state.regions.values()) {
    if (!SIZED.includes(shape.type)) continue;
    const [width, height] = sidesOf(shape);
    if (width >= least && height >= least) continue;
    problems.push({ ...aboutObject(id, labelId), kind: 'size', text: words.small(width, height, least) });
  }
  const names = new Map([...labels.values()].map((label) => [label.id, label.name]));
  const rows = objects.map((row): CheckedRow => {
    return { id: row.id, labelId: row.labelId, box: 'shape' in row ? uprightBox(row.shape) : null };
  });
  const tags = [...state.tags.values()].map((tag) => tag.labelId);
  const found = checkProblems(checksOf(settings), rows, tags, names);
  return [...problems, ...fromFields(found, state, 'overlap')];
}

const aboutObject = (id: string, labelId: string) => ({
  field: `regions.${id}`,
  objectId: id,
  labelId,
  frame: null,
});

/** The server's refusal in the form of the page's own list; objects that are gone by now are left out. */
export function problemsFromServer(fields: Refusals, state: DocState): Problem[] {
  return fromFields(fields, state, 'server');
}

function fromFields(fields: Refusals, state: DocState, regionKind: ProblemKind): Problem[] {
  return Object.entries(fields).flatMap(([field, text]): Problem[] => {
    const [, table, id = null] = /^(regions|labels)\.(.+)$/.exec(field) ?? [];
    if (table === 'labels') return [{ field, kind: 'label', objectId: null, labelId: id, frame: null, text }];
    if (table !== 'regions' || id === null) {
      return [
        {
          field,
          kind: field === 'nothing_here' ? 'empty' : 'server',
          objectId: null,
          labelId: null,
          frame: null,
          text,
        },
      ];
    }
    const row = state.regions.get(id) ?? state.tracks.get(id);
    return row ? [{ ...aboutObject(id, row.labelId), field, kind: regionKind, text }] : [];
  });
}
