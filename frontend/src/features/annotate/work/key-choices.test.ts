import { describe, expect, it } from 'vitest';

import { Keymap } from '@/canvas/keymap';
import type { Label } from '@/types/api';

import { canvasKeys, keepKeys, keptKeys, keyLines, pageKeys, refusalOf, soundChoices } from './key-choices';
import { keyVerbs, PAGE_KEYS, type PageAction } from './keys';

const label = (id: string, shortcut: string): Label => ({
  id,
  name: id,
  color: '#ffffff',
  shortcut,
  shapes: ['box'],
  attributes: [],
});
const LABELS = [label('person', '1'), label('helmet', '')];
const lines = keyLines({}, LABELS, true);

describe('a new key', () => {
  it.each([
    ['of another action of the canvas', 'canvas.toolBox', 'P', /taken: Polygon/],
    ['of an action of the page', 'canvas.toolBox', 'Ctrl+Enter', /taken: Submit/],
    ['of the player', 'canvas.toolBox', 'F', /taken: Next frame/],
    ['of a label', 'page.skip', '1', /picks the label person/],
    ['that picks a label by its place', 'page.skip', '2', /picks the label helmet/],
    ['that may pick a label elsewhere', 'page.skip', '7', /Digits pick labels/],
    ['of the browser', 'page.skip', 'Ctrl+W', /browser/],
    ['that holds the picture', 'page.skip', ' ', /Space/],
  ])('%s is refused in words', (_case, id, chord, words) => {
    expect(refusalOf(lines, id, chord)).toMatch(words);
  });

  it('that is free, or the action’s own, is taken', () => {
    expect(refusalOf(lines, 'canvas.toolBox', 'Alt+X')).toBeNull();
    expect(refusalOf(lines, 'canvas.toolBox', 'B')).toBeNull();
  });

  it('frees the one it replaces', () => {
    const changed = keyLines({ 'canvas.toolBox': ['Alt+X'] }, LABELS, true);
    expect(refusalOf(changed, 'page.skip', 'B')).toBeNull();
  });
});

describe('choices', () => {
  it('reach the canvas and the page', () => {
    const choices = { 'canvas.toolBox': ['Alt+X'], 'page.skip': ['B'] };
    expect(new Keymap(canvasKeys(choices)).actionOf({ key: 'x', altKey: true })).toBe('toolBox');
    const verbs = Object.fromEntries(PAGE_KEYS.map(({ action }) => [action, () => action])) as Record<
      PageAction,
      () => PageAction
    >;
    const heard = keyVerbs(verbs, { isEditable: true, isBusy: false }, pageKeys(choices));
    expect(heard.B?.()).toBe('skip');
    const defaults = keyVerbs(verbs, { isEditable: true, isBusy: false });
    expect(Object.keys(defaults)).not.toContain('B');
  });

  it('may swap two keys, and drop what clashes or is unknown', () => {
    const swapped = { 'canvas.toolBox': ['P'], 'canvas.toolPolygon': ['B'] };
    expect(soundChoices(swapped)).toEqual(swapped);
    expect(soundChoices({ 'canvas.toolBox': ['P'], 'page.skip': ['Alt+S'], 'canvas.gone': ['Q'] })).toEqual({
      'page.skip': ['Alt+S'],
    });
    expect(soundChoices(null)).toEqual({});
  });

  it('are kept per person', () => {
    keepKeys('ada', { 'page.skip': ['Alt+S'] });
    expect(keptKeys('ada')).toEqual({ 'page.skip': ['Alt+S'] });
    expect(keptKeys('bob')).toEqual({});
    localStorage.setItem('siteloop.keys.bob', 'not json');
    expect(keptKeys('bob')).toEqual({});
  });
});
