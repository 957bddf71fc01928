import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { stateOf, type Region, type Track } from '@/canvas/document/model';
import { boxShape } from '@/canvas/geometry/shapes/box';
import type { Label } from '@/types/api';

import { checkProblems, checksOf, problemsFromServer, problemsOf } from './checks';

type Case = {
  name: string;
  checks: Parameters<typeof checksOf>[0];
  boxes: [string, string, [number, number, number, number], number?][];
  tags?: string[];
  nothing_here?: boolean;
  fields: string[];
  said?: Record<string, string>;
};
const vectors = JSON.parse(readFileSync(resolve('../tests/vectors/checks.json'), 'utf8')) as {
  names: Record<string, string>;
  cases: Case[];
};

describe('shared vectors', () => {
  it.each(vectors.cases)('$name', ({ checks, boxes, tags = [], nothing_here, fields, said = {} }) => {
    const rows = boxes.map(([id, labelId, [x1, y1, x2, y2], turned]) => {
      return { id, labelId, box: turned ? null : { x1, y1, x2, y2 } };
    });
    const names = new Map(Object.entries(vectors.names));
    const found = checkProblems(checksOf(checks), rows, tags, names, nothing_here);
    expect(Object.keys(found).sort()).toEqual(fields);
    expect(found).toMatchObject(said);
  });
});

const region = (id: string, x2: number, attributes: Region['attributes'] = {}): Region => ({
  id,
  labelId: 'a',
  shape: boxShape({ x1: 0, y1: 0, x2, y2: 10 }),
  attributes,
  source: 'person',
  suggestionId: null,
  score: null,
  hidden: false,
  locked: false,
  zIndex: 0,
  occluded: false,
  groupId: null,
});
const LABEL = {
  id: 'a',
  name: 'pallet',
  color: '#fff',
  shortcut: '',
  shapes: ['box'],
  attributes: [{ id: 'kind', name: 'kind', type: 'text', options: [], required: true, default: null }],
} as unknown as Label;
const labels = new Map([['a', LABEL]]);

it('names what is missing and what is too small, object by object', () => {
  const state = stateOf({
    regions: [region('1', 10, { kind: 'x' }), region('2', 10), region('3', 2, { kind: 'x' })],
  });
  const found = problemsOf(state, labels, { min_box_px: 3 });
  expect(found.map(({ kind, objectId }) => [kind, objectId])).toEqual([
    ['attributes', '2'],
    ['size', '3'],
  ]);
});

it('names a required attribute that a track takes back, and the frame on which', () => {
  const { shape } = region('1', 10);
  const track: Track = {
    id: 't',
    labelId: 'a',
    attributes: { kind: 'x' },
    source: 'person',
    suggestionId: null,
    hidden: false,
    locked: false,
    keyframes: [
      { frame: 0, shape, outside: false, occluded: false },
      { frame: 16, shape, outside: false, occluded: false, attributes: { kind: null } },
    ],
  };
  const found = problemsOf(stateOf({ tracks: [track] }), labels, { min_box_px: 3 });
  expect(found).toMatchObject([
    { kind: 'attributes', objectId: 't', frame: 16, text: 'Still needed: kind from frame 17 on' },
  ]);
});

it('shows a refusal of the server in the same way, without objects that are gone', () => {
  const state = stateOf({ regions: [region('1', 10)] });
  const fields = { 'regions.1': 'No.', 'regions.9': 'No.', 'labels.a': 'Needed.', nothing_here: 'Say so.' };
  expect(
    problemsFromServer(fields, state).map(({ kind, objectId, labelId }) => [kind, objectId, labelId]),
  ).toEqual([
    ['server', '1', 'a'],
    ['label', null, 'a'],
    ['empty', null, null],
  ]);
});
