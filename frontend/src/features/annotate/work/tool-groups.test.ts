import { describe, expect, it } from 'vitest';

import { DEFAULT_KEYMAP } from '@/canvas/keymap';
import type { Label, Shape } from '@/types/api';

import { actionOf, railGroups } from './tool-groups';

const label = (...shapes: Shape[]): Label => ({
  id: shapes.join(),
  name: shapes.join(),
  color: '#ffffff',
  shortcut: '',
  shapes,
  attributes: [],
});
const where = { isVideo: false, hasAssist: true, has: () => true };
const drawing = (labels: Label[], change = {}) =>
  railGroups(labels, { ...where, ...change }).drawing.join(' ');

describe('the rail', () => {
  it.each([
    ['boxes', [label('box')], 'smart box'],
    ['outlines', [label('polygon')], 'smart polygon'],
    ['masks', [label('mask')], 'smart brush eraser'],
    ['lines and points of different labels', [label('polyline'), label('points')], 'polyline points'],
    ['tags', [label('tag')], ''],
    ['anything', [label()], 'smart box polygon brush eraser polyline points ellipse cuboid skeleton'],
  ])('shows what draws %s', (_case, labels, tools) => {
    expect(drawing(labels)).toBe(tools);
  });

  it('offers on a video what labels are followed as, and no help where there is none', () => {
    expect(drawing([label('track', 'polygon')], { isVideo: true })).toBe('smart polygon');
    expect(drawing([label('track'), label('mask')], { isVideo: true, hasAssist: false })).toBe('box');
    expect(railGroups([label('track', 'polygon')], { ...where, isVideo: true }).more).toContain('cut');
    expect(drawing([label('polygon')], { hasAssist: false })).toBe('polygon');
  });

  it('offers cutting only where there are outlines', () => {
    expect(railGroups([label('box')], where).more).toEqual(['measure']);
    expect(railGroups([label('polygon')], where).more).toEqual(['cut', 'measure']);
  });

  it('leaves out what the canvas does not have', () => {
    const has = (tool: string) => tool !== 'brush';
    expect(drawing([label('mask')], { has })).toBe('smart eraser');
  });

  it('names the action of each key', () => {
    const actions = new Set<string>(DEFAULT_KEYMAP.map((binding) => binding.action));
    for (const tool of ['select', 'pan', 'box', 'polyline', 'cut', 'measure'] as const) {
      expect(actions).toContain(actionOf(tool));
    }
  });
});
