import { expect, it } from 'vitest';

import { extendTo, moved, NOTHING, toggleOne } from '@/features/data/selection';

const ids = ['a', 'b', 'c', 'd', 'e'];

it('chooses a range from the last one toggled, in either direction', () => {
  const one = toggleOne(NOTHING, 'c');
  expect([...extendTo(one, ids, 'e').chosen]).toEqual(['c', 'd', 'e']);
  expect([...extendTo(one, ids, 'a').chosen].sort()).toEqual(['a', 'b', 'c']);
});

it('starts a range where its anchor is gone from the grid', () => {
  const gone = toggleOne(NOTHING, 'z');
  expect([...extendTo(gone, ids, 'b').chosen]).toEqual(['z', 'b']);
});

it('takes out what was in', () => {
  expect(toggleOne(toggleOne(NOTHING, 'a'), 'a').chosen.size).toBe(0);
});

it('moves through a grid and stays inside it', () => {
  expect(moved('ArrowDown', 1, 2, 5)).toBe(3);
  expect(moved('ArrowDown', 4, 2, 5)).toBe(4);
  expect(moved('ArrowLeft', 0, 2, 5)).toBe(0);
  expect(moved('End', 1, 2, 5)).toBe(4);
  expect(moved('x', 1, 2, 5)).toBeNull();
});
