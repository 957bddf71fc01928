import { expect, it } from 'vitest';

import type { Label, Shape } from '@/types/api';

import { allowsTool, isTagOnly, toolForLabel, unfitFor } from './tool-shapes';

const label = (...shapes: Shape[]): Label => ({
  id: 'a',
  name: 'a',
  color: '#ffffff',
  shortcut: '',
  shapes,
  attributes: [],
});

it.each([
  ['a box', label('box', 'polygon'), 'box'],
  ['a mask', label('mask'), 'brush'],
  ['a line', label('polyline', 'tag'), 'polyline'],
  ['a tag', label('tag'), null],
])('a label for %s brings the tool that draws it', (_case, given, tool) => {
  expect(toolForLabel(given, false)).toBe(tool);
});

it('on a video every drawn object is a track of its shape', () => {
  expect(toolForLabel(label('track'), true)).toBe('box');
  expect(toolForLabel(label('track', 'tag'), true)).toBe('box');
  expect(toolForLabel(label('mask', 'track'), true)).toBe('brush');
  expect(toolForLabel(label('box'), true)).toBeNull();
  expect(allowsTool(label('box'), 'box', true)).toBe(false);
  expect(allowsTool(label('polygon', 'track'), 'box', true)).toBe(false);
  expect(allowsTool(label('polygon', 'track'), 'polygon', true)).toBe(true);
  expect(allowsTool(label(), 'skeleton', true)).toBe(true);
});

it('says what a label lacks to be drawn with the tool in hand', () => {
  expect(unfitFor(label('box'), 'box', false)).toBeNull();
  expect(unfitFor(label('box'), 'polygon', false)).toBe('polygon');
  expect(unfitFor(label('polygon'), 'polygon', true)).toBe('track');
  expect(unfitFor(label('box', 'track'), 'polygon', true)).toBe('polygon');
});

it('tools that draw nothing go with every label', () => {
  for (const tool of ['select', 'pan', 'measure', 'cut'])
    expect(allowsTool(label('tag'), tool, false)).toBe(true);
});

it('the smart tool goes with what it can outline, or put a box round', () => {
  expect(allowsTool(label('box'), 'smart', false)).toBe(true);
  expect(allowsTool(label('mask'), 'smart', false)).toBe(true);
  expect(allowsTool(label('polyline'), 'smart', false)).toBe(false);
  expect(allowsTool(label('box'), 'smart', true)).toBe(false);
});

it('a label with no shapes said is no mere tag', () => {
  expect([isTagOnly(label()), isTagOnly(label('tag')), isTagOnly(label('tag', 'mask'))]).toEqual([
    false,
    true,
    false,
  ]);
});
