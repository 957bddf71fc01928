/** Rules of a label's skeleton template, without any screen. Places are 0..1 of the box that is drawn, from the top left. */
import type { Label } from '@/types/api';

export type Template = NonNullable<Label['skeleton']>;
export type TemplatePoint = Template['points'][number];
type Place = { x: number; y: number };

export const POINTS_MAX = 200;
export const EMPTY: Template = { points: [], edges: [] };

const within = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
const ordered = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);

/** A new point at the end: objects drawn before keep the order of theirs. */
export function addPoint(template: Template, { x, y }: Place): Template {
  if (template.points.length >= POINTS_MAX) return template;
  return {
    ...template,
    points: [...template.points, { name: freeName(template), x: within(x), y: within(y) }],
  };
}

function freeName({ points }: Template): string {
  const used = new Set(points.map((point) => point.name));
  for (let n = points.length + 1; ; n += 1) if (!used.has(`point ${n}`)) return `point ${n}`;
}

export function changePoint(template: Template, index: number, change: Partial<TemplatePoint>): Template {
  const points = template.points.map((point, at) => {
    if (at !== index) return point;
    const next = { ...point, ...change };
    return { ...next, x: within(next.x), y: within(next.y) };
  });
  return { ...template, points };
}

/** Takes a point away with the edges that end there; the others keep joining the same points. */
export function removePoint(template: Template, index: number): Template {
  const shifted = (at: number): number => (at > index ? at - 1 : at);
  return {
    points: template.points.filter((_, at) => at !== index),
    edges: template.edges.filter((edge) => !edge.includes(index)).map((edge) => edge.map(shifted)),
  };
}

/** Joins two points, or parts them where they are joined. */
export function toggleEdge(template: Template, from: number, to: number): Template {
  if (from === to) return template;
  const [a, b] = ordered(from, to);
  const isSame = ([c, d]: readonly number[]): boolean => c === a && d === b;
  const without = template.edges.filter((edge) => !isSame(edge));
  const edges = without.length < template.edges.length ? without : [...without, [a, b]];
  return { ...template, edges };
}

/** What keeps a template from being saved, in words; null where nothing does. */
export function templateProblem(template: Template | null | undefined): string | null {
  if (!template?.points.length) return 'Place at least one point.';
  const names = template.points.map((point) => point.name.trim());
  if (names.some((name) => name === '')) return 'Give each point a name.';
  if (new Set(names).size < names.length) return 'Two points have the same name.';
  return null;
}

/** The 17 keypoints of COCO's persons, in COCO's order, standing and facing the viewer. */
export const COCO_PERSON: Template = {
  points: [
    { name: 'nose', x: 0.5, y: 0.09 },
    { name: 'left eye', x: 0.55, y: 0.06 },
    { name: 'right eye', x: 0.45, y: 0.06 },
    { name: 'left ear', x: 0.61, y: 0.08 },
    { name: 'right ear', x: 0.39, y: 0.08 },
    { name: 'left shoulder', x: 0.72, y: 0.22 },
    { name: 'right shoulder', x: 0.28, y: 0.22 },
    { name: 'left elbow', x: 0.83, y: 0.37 },
    { name: 'right elbow', x: 0.17, y: 0.37 },
    { name: 'left wrist', x: 0.88, y: 0.52 },
    { name: 'right wrist', x: 0.12, y: 0.52 },
    { name: 'left hip', x: 0.63, y: 0.52 },
    { name: 'right hip', x: 0.37, y: 0.52 },
    { name: 'left knee', x: 0.65, y: 0.73 },
    { name: 'right knee', x: 0.35, y: 0.73 },
    { name: 'left ankle', x: 0.66, y: 0.95 },
    { name: 'right ankle', x: 0.34, y: 0.95 },
  ],
  edges: [
    [13, 15],
    [11, 13],
    [14, 16],
    [12, 14],
    [11, 12],
    [5, 11],
    [6, 12],
    [5, 6],
    [5, 7],
    [6, 8],
    [7, 9],
    [8, 10],
    [1, 2],
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 4],
    [3, 5],
    [4, 6],
  ],
};
