/** Rules of editing a project's labels, without any screen: the server checks the same again. */
import { templateProblem } from '@/features/projects/ontology/skeleton';
import { newUuid } from '@/lib/ids';
import { LABEL_PALETTE } from '@/lib/label-palette';
import type { Attribute, Label } from '@/types/api';

export const LABELS_MAX = 500;
export const NAME_MAX_CHARS = 80;
const DEFAULT_SHAPES: Label['shapes'] = ['box', 'polygon'];

/** By field: `<label id>.name`, `<label id>.attributes.<attribute id>.options`; `labels` for the list as a whole. */
export type Problems = Record<string, string>;

export function addLabel(labels: Label[]): Label[] {
  const usedColors = new Set(labels.map((label) => label.color.toLowerCase()));
  const color =
    LABEL_PALETTE.find((each) => !usedColors.has(each.toLowerCase())) ?? LABEL_PALETTE[0] ?? '#0072B2';
  const before = labels.at(-1);
  const label: Label = {
    id: newUuid(),
    name: '',
    color,
    shortcut: freeShortcut(labels),
    shapes: before?.shapes ?? DEFAULT_SHAPES,
    attributes: [],
    ...(before?.shapes.includes('skeleton') && before.skeleton ? { skeleton: before.skeleton } : {}),
  };
  return [...labels, label];
}

function freeShortcut(labels: Label[]): string {
  const used = new Set(labels.map((label) => label.shortcut));
  return ['1', '2', '3', '4', '5', '6', '7', '8', '9'].find((key) => !used.has(key)) ?? '';
}

/** Another kind has other defaults; an option that goes cannot stay the default. */
export function changeAttribute(attribute: Attribute, change: Partial<Attribute>): Attribute {
  const next = { ...attribute, ...change };
  if (change.type && change.type !== attribute.type) return { ...next, default: null };
  const isGone = next.type === 'select' && !next.options?.includes(String(next.default));
  return isGone ? { ...next, default: null } : next;
}

export const changeLabel = (labels: Label[], id: string, change: Partial<Label>): Label[] =>
  labels.map((label) => (label.id === id ? { ...label, ...change } : label));

export const removeLabel = (labels: Label[], id: string): Label[] =>
  labels.filter((label) => label.id !== id);

/** Move a label up (-1) or down (+1); at the ends nothing changes. */
export function moveLabel(labels: Label[], id: string, by: -1 | 1): Label[] {
  const from = labels.findIndex((label) => label.id === id);
  const to = from + by;
  const moved = labels[from];
  const other = labels[to];
  if (!moved || !other) return labels;
  const next = [...labels];
  next[from] = other;
  next[to] = moved;
  return next;
}

export const newAttribute = (): Attribute => ({
  id: newUuid(),
  name: '',
  type: 'select',
  options: [],
  required: false,
  default: null,
});

/** What keeps these labels from being saved, said beside the field it belongs to. */
export function problemsOf(labels: Label[]): Problems {
  const problems: Problems = {};
  if (labels.length === 0) problems.labels = 'A project needs at least one label.';
  if (labels.length > LABELS_MAX) problems.labels = `At most ${LABELS_MAX} labels.`;
  for (const label of labels) {
    if (!label.name.trim()) problems[`${label.id}.name`] = 'Give it a name.';
    if (label.name.length > NAME_MAX_CHARS)
      problems[`${label.id}.name`] = `At most ${NAME_MAX_CHARS} characters.`;
    if (label.shapes.length === 0) problems[`${label.id}.shapes`] = 'Choose at least one shape.';
    if (!/^#[0-9a-f]{6}$/i.test(label.color)) problems[`${label.id}.color`] = 'A colour like #1f77b4.';
    if (label.shapes.includes('skeleton')) {
      const problem = templateProblem(label.skeleton);
      if (problem) problems[`${label.id}.skeleton`] = problem;
    }
    for (const attribute of label.attributes) addAttributeProblems(label.id, attribute, problems);
  }
  addRepeats(labels, 'name', 'Another label has this name.', problems);
  addRepeats(labels, 'shortcut', 'Another label has this key.', problems);
  return problems;
}

function addAttributeProblems(labelId: string, attribute: Attribute, problems: Problems): void {
  const field = `${labelId}.attributes.${attribute.id ?? ''}`;
  if (!attribute.name.trim()) problems[`${field}.name`] = 'Give it a name.';
  if (attribute.type === 'select' && new Set(attribute.options).size < 2) {
    problems[`${field}.options`] = 'At least two different options.';
  }
}

function addRepeats(labels: Label[], key: 'name' | 'shortcut', message: string, problems: Problems): void {
  const seen = new Set<string>();
  for (const label of labels) {
    const value = label[key].trim().toLowerCase();
    if (value && seen.has(value)) problems[`${label.id}.${key}`] ??= message;
    seen.add(value);
  }
}

/** The server names labels by their place in the list; here they go by id. */
export function problemsFromServer(fields: Record<string, string>, labels: Label[]): Problems {
  const problems: Problems = {};
  for (const [field, message] of Object.entries(fields)) {
    const [, place, rest] = /^(?:labels\.)?(\d+)\.(.+)$/.exec(field) ?? [];
    const label = place === undefined ? undefined : labels[Number(place)];
    problems[label ? `${label.id}.${rest ?? ''}` : 'labels'] = message;
  }
  return problems;
}

export const isSame = (a: Label[], b: Label[]): boolean => JSON.stringify(a) === JSON.stringify(b);
