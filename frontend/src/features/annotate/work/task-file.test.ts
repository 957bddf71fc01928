import { describe, expect, it } from 'vitest';

import { stateOf, type Region } from '@/canvas/document/model';
import { boxShape } from '@/canvas/geometry/shapes/box';
import type { OpenTask } from '@/types/annotation';
import type { Label } from '@/types/api';

import { effectOf, fileText, parseTaskFile, readInto, TaskFileError, type TaskFile } from './task-file';

const SIZE = { width: 100, height: 80 };
const task = (id: string) =>
  ({
    id,
    project_id: 'p',
    asset: { id: 'x', kind: 'image', name: 'dock.jpg', ...SIZE },
  }) as unknown as OpenTask;

const label = (id: string, name: string, shapes: string[], attributes: unknown[] = []): Label =>
  ({ id, name, color: '#fff', shortcut: '', shapes, attributes }) as unknown as Label;
const KIND = { id: 'kind', name: 'Kind', type: 'select', options: ['euro', 'half'], required: false };
const here = [label('pallet', 'Pallet', ['box'], [KIND]), label('wet', 'Wet floor', ['tag'])];
const mapOf = (labels: Label[]) => new Map(labels.map((each) => [each.id, each]));

const region = (id: string, x1: number, attributes: Region['attributes'] = {}): Region => ({
  id,
  labelId: 'pallet',
  shape: boxShape({ x1, y1: 10, x2: x1 + 20, y2: 30 }),
  attributes,
  source: 'person',
  suggestionId: null,
  score: null,
  hidden: true,
  locked: false,
  zIndex: 2,
  occluded: true,
  groupId: 'g',
});

const state = stateOf({
  regions: [region('1', 10, { kind: 'euro' }), region('2', 50)],
  tags: [{ id: 't', labelId: 'wet', attributes: {}, source: 'person', suggestionId: null }],
});
const exported = (): TaskFile => parseTaskFile(fileText(state, task('a'), here, '2026-01-01T00:00:00Z'));
const into = (taskId: string, labels = here, document = state) => {
  let next = 0;
  return {
    task: task(taskId),
    labels: mapOf(labels),
    state: document,
    size: SIZE,
    newId: () => `new${(next += 1)}`,
  };
};

describe('out and in again', () => {
  it('changes nothing on the picture it came from', () => {
    const { rows, leftOut } = readInto(exported(), into('a'));
    expect(leftOut).toEqual([]);
    expect(effectOf(rows, state, true)).toEqual({
      added: 0,
      replaced: 0,
      same: 2,
      removed: 0,
      tagsAdded: 0,
      tagsRemoved: 0,
    });
  });

  it('brings back what was deleted and replaces what was changed', () => {
    const now = stateOf({ regions: [region('2', 55), region('3', 5)] });
    const { rows } = readInto(exported(), into('a', here, now));
    expect(effectOf(rows, now, false)).toMatchObject({ added: 1, replaced: 1, removed: 0, tagsAdded: 1 });
    expect(effectOf(rows, now, true)).toMatchObject({ added: 1, replaced: 1, removed: 1 });
  });

  it('gives objects of another picture ids and groups of their own', () => {
    const { rows, isOther } = readInto(exported(), into('b'));
    expect(isOther).toBe(true);
    expect(rows.regions.map((row) => row.id)).not.toContain('1');
    const [first, second] = rows.regions;
    expect(first?.groupId).toBe(second?.groupId);
    expect(first?.groupId).not.toBe('g');
    expect(first?.source).toBe('import');
  });
});

describe('labels and attributes of another project', () => {
  it('are matched by name where the id is not known', () => {
    const other = [label('z1', 'pallet', ['box'], [{ ...KIND, id: 'z2', name: 'kind' }])];
    const { rows, leftOut } = readInto(exported(), into('b', other));
    expect(rows.regions.map((row) => [row.labelId, row.attributes])).toEqual([
      ['z1', { z2: 'euro' }],
      ['z1', {}],
    ]);
    expect(leftOut).toEqual([{ what: 'Wet floor', why: 'no label “Wet floor” here' }]);
  });

  it('are left out with the reason where they do not fit', () => {
    const other = [label('pallet', 'Pallet', ['polygon'])];
    expect(readInto(exported(), into('b', other)).leftOut.map((each) => each.why)).toEqual([
      'Pallet may not be a box here',
      'Pallet may not be a box here',
      'no label “Wet floor” here',
    ]);
    const narrow = [label('pallet', 'Pallet', ['box'], [{ ...KIND, options: ['half'] }]), here[1] as Label];
    expect(readInto(exported(), into('b', narrow)).leftOut).toEqual([
      { what: 'Pallet', why: 'value of “Kind” is not one of its choices' },
    ]);
  });
});

describe('what cannot be read', () => {
  const withRegion = (change: object): TaskFile => {
    const file = exported();
    return { ...file, regions: [{ ...file.regions[0], ...change } as TaskFile['regions'][number]] };
  };
  it.each([
    ['words for numbers', { geometry: { box: ['a', 0, 1, 1] } }, 'its shape cannot be read'],
    ['too few numbers', { geometry: { box: [1, 2] } }, 'its shape cannot be read'],
    ['another shape’s form', { geometry: { points: [[0, 0]] } }, 'its shape cannot be read'],
    ['a place outside', { geometry: { box: [200, 200, 220, 220] } }, 'outside the picture'],
    [
      'a track on a picture',
      { shape: 'track', geometry: { keyframes: [] } },
      'a track, and this is no video',
    ],
  ])('%s', (_name, change, why) => {
    const { rows, leftOut } = readInto(withRegion(change), into('a'));
    expect(rows.regions).toEqual([]);
    expect(leftOut.map((each) => each.why)).toContain(why);
  });

  it.each([
    ['cut off', '{"format": "siteloop.task", "ver'],
    ['not ours', '{"images": [], "annotations": []}'],
    ['a list', '[]'],
    ['of a later version', '{"format": "siteloop.task", "version": 99}'],
    [
      'without regions',
      '{"format": "siteloop.task", "version": 1, "asset": {"name": "x"}, "labels": [], "tags": []}',
    ],
  ])('refuses a file that is %s', (_name, text) => {
    expect(() => parseTaskFile(text)).toThrow(TaskFileError);
  });
});
