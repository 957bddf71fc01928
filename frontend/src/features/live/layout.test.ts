import { expect, it } from 'vitest';

import { wallLayout } from '@/features/live/layout';

it('makes tiles as large as the room allows', () => {
  // With the wall's padding, which is not the tiles'.
  expect(wallLayout(1, 1600, 924)).toEqual({ columns: 1, tilePx: 1576 });
  expect(wallLayout(2, 1070, 800).columns).toBe(1);
  expect(wallLayout(2, 1600, 500).columns).toBe(2);
  expect(wallLayout(9, 1600, 900).columns).toBe(3);
});

it('scrolls rather than showing stamps', () => {
  const { columns, tilePx } = wallLayout(16, 640, 300);
  expect(columns).toBe(2);
  expect(tilePx).toBeGreaterThanOrEqual(260);
});

it('never makes a row wider than the wall inside its padding', () => {
  for (let total = 1; total <= 16; total += 1)
    for (const width of [320, 390, 640, 936, 1280, 1600]) {
      const { columns, tilePx } = wallLayout(total, width, 700);
      expect(columns * tilePx + (columns - 1) * 8).toBeLessThanOrEqual(width - 24);
    }
});

it('asks on a phone for the width alone, whatever height the tiles made', () => {
  for (const height of [0, 230, 4_000])
    expect(wallLayout(3, 390, height)).toEqual({ columns: 1, tilePx: 366 });
  expect(wallLayout(1, 700, 100)).toEqual({ columns: 1, tilePx: 676 });
});
