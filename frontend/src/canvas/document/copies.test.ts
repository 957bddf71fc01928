// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { boxShape } from '../geometry/shapes/box';
import { box } from '../testing/headless';
import { completed, lacking } from './attributes';
import { copiesOf } from './copies';
import type { LabelDef } from './model';

const here = { size: { width: 100, height: 100 }, shift: [0, 0], knows: () => true } as const;

describe('copies', () => {
  it('of nothing are nothing', () => {
    expect(copiesOf([], here)).toEqual([]);
  });

  it('keep what belongs to the object and leave behind where it came from', () => {
    const from = box('a', 10, 10, 20, 20, {
      occluded: true,
      attributes: { colour: 'red' },
      source: 'model',
      suggestionId: 's',
      score: 0.4,
      locked: true,
    });
    expect(copiesOf([from], { ...here, shift: [5, 0] })).toEqual([
      {
        labelId: 'person',
        shape: boxShape({ x1: 15, y1: 10, x2: 25, y2: 20 }),
        attributes: { colour: 'red' },
        occluded: true,
        groupId: null,
      },
    ]);
  });

  it('form groups of their own; a member that came alone is in none', () => {
    const row = (id: string, groupId: string | null) => box(id, 0, 0, 5, 5, { groupId });
    const copies = copiesOf([row('a', 'g'), row('b', 'g'), row('c', 'h'), row('d', null)], here);
    const [a, b, c, d] = copies.map((each) => each.groupId);
    expect(a).toBe(b);
    expect(a).not.toBe('g');
    expect([c, d]).toEqual([null, null]);
  });

  it('are cut to a smaller picture, and left out beyond it or without their label', () => {
    const rows = [box('a', 90, 90, 120, 120), box('b', 200, 200, 220, 220), box('c', 0, 0, 9, 9)];
    const knows = (labelId: string) => labelId === 'person';
    const other = { ...box('d', 0, 0, 9, 9), labelId: 'gone' };
    expect(copiesOf([...rows, other], { ...here, knows }).map((each) => each.shape)).toEqual([
      boxShape({ x1: 90, y1: 90, x2: 100, y2: 100 }),
      boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 }),
    ]);
  });

  it('lie above each other as their originals do', () => {
    const rows = [box('top', 0, 0, 1, 9, { zIndex: 7 }), box('low', 0, 0, 2, 9, { zIndex: 1 })];
    expect(copiesOf(rows, here).map((each) => each.shape)).toMatchObject([{ x2: 2 }, { x2: 1 }]);
  });
});

describe('attribute values', () => {
  const label: LabelDef = {
    id: 'truck',
    name: 'truck',
    attributes: [
      { id: 'load', default: 'empty', required: true },
      { id: 'lit', default: false },
      { id: 'plate', required: true },
      { default: 'without an id' },
    ],
  };

  it('are the label’s defaults under what is given; what it does not know stays behind', () => {
    expect(completed(label, {})).toEqual({ load: 'empty', lit: false });
    expect(completed(label, { load: 'full', lit: null, colour: 'red' })).toEqual({
      load: 'full',
      lit: false,
    });
  });

  it('say no where a required box was never ticked: the server takes no empty one', () => {
    const asked: LabelDef = {
      id: 'hat',
      name: 'hat',
      attributes: [{ id: 'worn', type: 'bool', required: true }],
    };
    expect(completed(asked, {})).toEqual({ worn: false });
    expect(lacking(asked, {})).toEqual([]);
  });

  it('stay as given where the label says nothing', () => {
    expect(completed({ id: 'a', name: 'a' }, { colour: 'red' })).toEqual({ colour: 'red' });
    expect(completed(undefined, { colour: 'red' })).toEqual({ colour: 'red' });
  });

  it('that are required and missing are named', () => {
    expect(lacking(label, completed(label, {}))).toEqual(['plate']);
    expect(lacking(label, { load: 'full', plate: 'B 12' })).toEqual([]);
    expect(lacking(label, { load: '', plate: 0 })).toEqual(['load']);
    expect(lacking(undefined, {})).toEqual([]);
  });
});
