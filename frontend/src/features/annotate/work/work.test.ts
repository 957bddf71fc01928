import { describe, expect, it } from 'vitest';

import type { Attributes } from '@/canvas/document/model';
import type { WireLabels, WireRegion } from '@/canvas/document/wire';
import type { Label } from '@/types/api';

import { Activity } from './activity';
import { missingIn, missingOf, withValues } from './attributes';
import { clashes, keyCaps, keyVerbs, PAGE_KEYS, type PageAction } from './keys';
import { applyOps, opsBetween } from './labels';

const region = (id: string, x = 0): WireRegion => ({
  region_id: id,
  label_id: 'hat',
  shape: 'box',
  geometry: { box: [x, 0, x + 1, 1] },
});
const hat: Label = {
  id: 'hat',
  name: 'hard hat',
  color: '#fff',
  shortcut: '',
  shapes: ['box'],
  attributes: [
    { id: 'colour', name: 'colour', type: 'select', options: ['white'], required: true },
    { id: 'worn', name: 'worn', type: 'bool', required: true, default: true },
  ],
};

describe('keys', () => {
  it('never clash with those of the canvas or with each other', () => {
    expect(clashes()).toEqual([]);
  });

  it('leave a picture that is only looked at alone', () => {
    const verbs = Object.fromEntries(PAGE_KEYS.map((each) => [each.action, () => each.action])) as Record<
      PageAction,
      () => PageAction
    >;
    const read = keyVerbs(verbs, { isEditable: false, isBusy: false });
    expect(read['Ctrl+Enter']).toBeUndefined();
    expect(read.PageDown?.()).toBe('nextTask');
    const busy = keyVerbs(verbs, { isEditable: true, isBusy: true });
    expect(busy.PageDown?.()).toBeUndefined();
    expect(busy['Ctrl+Enter']?.(), 'says why it is too early').toBe('submit');
  });

  it('held down submit nothing a second time, but leaf through the pictures', () => {
    const verbs = Object.fromEntries(PAGE_KEYS.map((each) => [each.action, () => each.action])) as Record<
      PageAction,
      () => PageAction
    >;
    const keys = keyVerbs(verbs, { isEditable: true, isBusy: false });
    expect(keys['Ctrl+Enter']?.(false)).toBe('submit');
    expect(keys['Ctrl+Enter']?.(true)).toBeUndefined();
    expect(keys.PageDown?.(true)).toBe('nextTask');
  });

  it('are printed as they stand on the keyboard', () => {
    expect([' ', 'Ctrl+Shift+Z', '+'].map(keyCaps)).toEqual([['Space'], ['Ctrl', 'Shift', 'Z'], ['+']]);
  });
});

describe('attributes', () => {
  it('are saved with their defaults, and only those of the label', () => {
    const row = { ...region('a'), attributes: { old: 1, colour: 'white' } };
    expect(withValues(row, new Map([['hat', hat]])).attributes).toEqual({ colour: 'white', worn: true });
    expect(withValues(region('a'), new Map([['hat', hat]])).attributes).toEqual({ worn: true });
    expect(withValues(row, new Map())).toBe(row);
  });

  it('of a track are saved with the defaults of what keyframes take back', () => {
    const said = (attributes?: object) => ({
      frame: 0,
      box: [0, 0, 9, 9],
      outside: false,
      ...(attributes && { attributes }),
    });
    const row = {
      ...region('a'),
      geometry: { of: 'box', keyframes: [said(), said({ worn: null, colour: null })] },
    } as WireLabels['regions'][number];
    expect(withValues(row, new Map([['hat', hat]])).geometry).toEqual({
      of: 'box',
      keyframes: [said(), said({ worn: true, colour: null })],
    });
  });

  it.each<[string, object, object[], unknown[]]>([
    ['of the object as a whole', {}, [], [['colour', null]]],
    [
      'taken back by a keyframe',
      { colour: 'red' },
      [{}, { colour: null }, { colour: 'red' }, { colour: '' }],
      [['colour', 10]],
    ],
    ['said by every keyframe alone', {}, [{ colour: 'red' }], [['colour', null]]],
    ['with a default that counts', { colour: 'red' }, [{ worn: null }], []],
  ])('are missing in a track: %s', (_, attributes, said, expected) => {
    const keyframes = said.map((each, at) => ({
      frame: 10 * at,
      shape: null,
      outside: false,
      occluded: false,
      attributes: each as Attributes,
    }));
    const found = missingIn(hat, { attributes: attributes as Attributes, keyframes });
    expect(found.map(({ attribute, from }) => [attribute.id, from])).toEqual(expected);
  });

  it('are missing where they are required and empty', () => {
    expect(missingOf(hat, {}).map((each) => each.id)).toEqual(['colour']);
    expect(missingOf(hat, { colour: 'white', worn: false })).toEqual([]);
    expect(missingOf(undefined, {})).toEqual([]);
  });
});

describe('labels', () => {
  it('operations between two states lead from one to the other', () => {
    const from: WireLabels = { regions: [region('a'), region('b'), region('c')], tags: ['x'] };
    const to: WireLabels = { regions: [region('a'), region('b', 5), region('d')], tags: ['y'] };
    let n = 0;
    const ops = opsBetween(from, to, () => `op${++n}`);
    expect(ops.map((op) => op.op)).toEqual(['put', 'put', 'delete', 'tags']);
    const back = applyOps(from, ops);
    expect(back.regions.map((row) => row.region_id).sort()).toEqual(['a', 'b', 'd']);
    expect(opsBetween(back, to, () => '')).toEqual([]);
  });
});

describe('activity', () => {
  it('counts work and leaves pauses out', () => {
    let now = 0;
    const activity = new Activity(100, () => now);
    now = 20_000;
    activity.sign();
    now = 320_000;
    activity.sign();
    now = 330_000;
    expect(activity.seconds).toBe(100 + 20 + 30 + 10);
  });
});
