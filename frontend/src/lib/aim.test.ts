import { expect, it } from 'vitest';

import { aimAt } from './aim';

/** Where a point of the picture comes to lie on a canvas of 200 × 100. */
function placed(
  bounds: Parameters<typeof aimAt>[1],
  options: Parameters<typeof aimAt>[2],
  at: [number, number],
) {
  let matrix: number[] = [];
  const pen = {
    canvas: { width: 200, height: 100 },
    setTransform: (...values: number[]) => (matrix = values),
    clearRect: () => undefined,
  } as unknown as CanvasRenderingContext2D;
  aimAt(pen, bounds, options);
  const [scale = 0, , , , x = 0, y = 0] = matrix;
  return [at[0] * scale + x, at[1] * scale + y];
}

const PIECE = { x1: 40, y1: 10, x2: 60, y2: 30 };

it.each([
  ['puts the middle in the middle', PIECE, {}, [50, 20], [100, 50]],
  ['fits the tighter side', PIECE, {}, [40, 10], [50, 0]],
  ['leaves a margin on each side', PIECE, { margin: 0.5 }, [40, 10], [75, 25]],
  [
    'shows a tiny piece with more around it',
    { x1: 50, y1: 20, x2: 50, y2: 20 },
    { leastPx: 20 },
    [40, 10],
    [50, 0],
  ],
] as const)('%s', (_, bounds, options, at, expected) => {
  expect(placed(bounds, options, [...at])).toEqual(expected);
});
