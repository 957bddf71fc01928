/** What a person placed on a still: changed by small steps that can be taken back, and sent as the API takes it. */
import type { Schemas } from '@/types/api';

export type DraftPoint = { id: number; x: number; y: number; xM: number | null; yM: number | null };
export type DraftLength = { first: number; second: number; metres: number };
export type DraftCheck = { x1: number; y1: number; x2: number; y2: number; metres: number };
export type Spot = { x: number; y: number };
export type Draft = {
  method: 'points' | 'distances';
  points: DraftPoint[];
  /** Between ids of points, so that they stay when another point is removed. */
  lengths: DraftLength[];
  lines: Spot[][];
  /** null: found from the points. */
  k1: number | null;
  checks: DraftCheck[];
};
export type Size = { width: number; height: number };

export const EMPTY: Draft = { method: 'points', points: [], lengths: [], lines: [], k1: null, checks: [] };

export type Step =
  | { kind: 'add'; at: Spot }
  | { kind: 'move'; id: number; to: Spot }
  | { kind: 'metres'; id: number; xM: number | null; yM: number | null }
  | { kind: 'remove'; id: number }
  | { kind: 'rectangle'; ids: number[]; width: number; depth: number }
  | { kind: 'length'; length: DraftLength }
  | { kind: 'unlength'; at: number }
  | { kind: 'check'; check: DraftCheck }
  | { kind: 'uncheck'; at: number }
  | { kind: 'line'; line: Spot[] }
  | { kind: 'unline'; at: number }
  | { kind: 'method'; method: Draft['method'] }
  | { kind: 'k1'; k1: number | null };

const without = <T>(list: T[], at: number): T[] => list.filter((_, index) => index !== at);

export function stepped(draft: Draft, step: Step): Draft {
  switch (step.kind) {
    case 'add': {
      const id = Math.max(0, ...draft.points.map((point) => point.id)) + 1;
      return { ...draft, points: [...draft.points, { id, ...step.at, xM: null, yM: null }] };
    }
    case 'move':
      return changed(draft, step.id, step.to);
    case 'metres':
      return changed(draft, step.id, { xM: step.xM, yM: step.yM });
    case 'remove':
      return {
        ...draft,
        points: draft.points.filter(({ id }) => id !== step.id),
        lengths: draft.lengths.filter(({ first, second }) => first !== step.id && second !== step.id),
      };
    case 'rectangle':
      return rectangle(draft, step.ids, step.width, step.depth);
    case 'length': {
      const others = draft.lengths.filter((each) => !isSamePair(each, step.length));
      return { ...draft, lengths: [...others, step.length] };
    }
    case 'unlength':
      return { ...draft, lengths: without(draft.lengths, step.at) };
    case 'check':
      return { ...draft, checks: [...draft.checks, step.check] };
    case 'uncheck':
      return { ...draft, checks: without(draft.checks, step.at) };
    case 'line':
      return { ...draft, lines: [...draft.lines, step.line] };
    case 'unline':
      return { ...draft, lines: without(draft.lines, step.at) };
    case 'method':
      return { ...draft, method: step.method };
    case 'k1':
      return { ...draft, k1: step.k1 };
  }
}

function changed(draft: Draft, id: number, to: Partial<DraftPoint>): Draft {
  return { ...draft, points: draft.points.map((point) => (point.id === id ? { ...point, ...to } : point)) };
}

const isSamePair = (a: DraftLength, b: DraftLength) =>
  Math.min(a.first, a.second) === Math.min(b.first, b.second) &&
  Math.max(a.first, a.second) === Math.max(b.first, b.second);

/** Corners in the order they were placed round the rectangle: along its width first, then away. */
function rectangle(draft: Draft, ids: number[], width: number, depth: number): Draft {
  const corners = [
    [0, 0],
    [width, 0],
    [width, depth],
    [0, depth],
  ];
  const points = draft.points.map((point) => {
    const corner = corners[ids.indexOf(point.id)];
    return corner ? { ...point, xM: corner[0] ?? 0, yM: corner[1] ?? 0 } : point;
  });
  return { ...draft, method: 'points', points };
}

/** A draft with the way back. Moves of one point that follow each other are one step back. */
export type History = { now: Draft; before: Draft[]; last: string };
const BACK_MAX = 100;

export const fresh = (draft: Draft): History => ({ now: draft, before: [], last: '' });

export function taken(history: History, step: Step | 'undo'): History {
  if (step === 'undo') {
    const previous = history.before.at(-1);
    return previous ? { now: previous, before: history.before.slice(0, -1), last: '' } : history;
  }
  const name = step.kind === 'move' || step.kind === 'metres' ? `${step.kind} ${step.id}` : '';
  const isMore = name !== '' && name === history.last;
  return {
    now: stepped(history.now, step),
    before: isMore ? history.before : [...history.before, history.now].slice(-BACK_MAX),
    last: name,
  };
}

/** Whether there is enough to ask for a floor; what is still missing is said by the server. */
export function isAskable(draft: Draft): boolean {
  if (draft.method === 'distances') return draft.lengths.length >= 4;
  return draft.points.length >= 4 && draft.points.every(({ xM, yM }) => xM !== null && yM !== null);
}

export function bodyOf(draft: Draft, stillId: string): Schemas['FloorDraftRequest'] {
  const row = new Map(draft.points.map(({ id }, at) => [id, at]));
  return {
    still_id: stillId,
    method: draft.method,
    points: draft.points.map(({ x, y, xM, yM }) => ({ x, y, x_m: xM, y_m: yM })),
    distances: draft.lengths.map(({ first, second, metres }) => ({
      first: row.get(first) ?? 0,
      second: row.get(second) ?? 0,
      metres,
    })),
    lines: draft.lines,
    k1: draft.k1,
    checks: draft.checks,
  };
}

export function draftOf(given: Schemas['Calibration']['given']): Draft {
  return {
    method: given.method,
    points: given.points.map(({ x, y, x_m, y_m }, at) => ({
      id: at + 1,
      x,
      y,
      xM: x_m ?? null,
      yM: y_m ?? null,
    })),
    lengths: given.distances.map(({ first, second, metres }) => ({
      first: first + 1,
      second: second + 1,
      metres,
    })),
    lines: given.lines,
    k1: given.k1,
    checks: given.checks,
  };
}

/** Within the picture, to a tenth of a pixel. */
export function kept({ x, y }: Spot, { width, height }: Size): Spot {
  const held = (value: number, most: number) => Math.round(Math.min(Math.max(value, 0), most) * 10) / 10;
  return { x: held(x, width), y: held(y, height) };
}
