import { expect, it } from 'vitest';

import type { Label } from '@/types/api';

import { labelsFor, sharedAttributes } from './shared-attributes';

const hat: Label = {
  id: 'hat',
  name: 'hat',
  color: '#ffffff',
  shortcut: '',
  shapes: ['box', 'polygon'],
  attributes: [
    { id: 'colour', name: 'colour', type: 'select', options: ['white', 'red'], required: true },
    { id: 'worn', name: 'worn', type: 'bool', required: false, default: true },
  ],
};
const thing = (attributes: Record<string, string | boolean>) => ({ labelId: 'hat', attributes });
const seen = (...things: ReturnType<typeof thing>[]) =>
  sharedAttributes(hat, things).map(({ value, isMixed, lacking }) => [value, isMixed, lacking]);

it('one object shows its own values over the defaults, and what it lacks', () => {
  expect(seen(thing({}))).toEqual([
    [null, false, 1],
    [true, false, 0],
  ]);
});

it('several show what they share; a default counts as much as the same value said', () => {
  expect(seen(thing({ colour: 'red' }), thing({ colour: 'red', worn: true }))).toEqual([
    ['red', false, 0],
    [true, false, 0],
  ]);
});

it('several that differ are mixed, also where one has no value', () => {
  expect(seen(thing({ colour: 'red' }), thing({ worn: false }))).toEqual([
    [null, true, 1],
    [null, true, 0],
  ]);
});

it('only labels that allow all the shapes can take over', () => {
  const mask = { ...hat, id: 'spill', shapes: ['mask' as const] };
  const any = { ...hat, id: 'any', shapes: [] };
  expect(labelsFor([hat, mask, any], new Set(['box', 'polygon'])).map((each) => each.id)).toEqual([
    'hat',
    'any',
  ]);
});
