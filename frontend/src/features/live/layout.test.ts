import { expect, it } from 'vitest';

import { wallLayout } from '@/features/live/layout';

it('makes tiles as large as the room allows', () => {
  expect(wallLayout(1, 1600, 900)).toEqual({ columns: 1, tilePx: 1600 });
  expect(wallLayout(2, 1070, 800).columns).toBe(1);
  expect(wallLayout(2, 1600, 500).columns).toBe(2);
  expect(wallLayout(9, 1600, 900).columns).toBe(3);
});

it('scrolls rather than showing stamps', () => {
  const { columns, tilePx } = wallLayout(16, 640, 300);
  expect(columns).toBe(2);
  expect(tilePx).toBeGreaterThanOrEqual(260);
});
