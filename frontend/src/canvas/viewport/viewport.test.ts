// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { imagePoint, screenPoint } from '../geometry/points';
import {
  fitImage,
  keepInSight,
  resized,
  SCALE_MAX,
  SCALE_MIN,
  toImage,
  toScreen,
  viewportOf,
  visibleBox,
  zoomAt,
  type Viewport,
} from './viewport';

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const view = fc.record({
  scale: number(SCALE_MIN, SCALE_MAX),
  x: number(-5000, 5000),
  y: number(-5000, 5000),
  width: number(100, 4000),
  height: number(100, 4000),
});

describe('viewport', () => {
  it('takes a point to the screen and back', () => {
    fc.assert(
      fc.property(view, number(-100, 8000), number(-100, 8000), (v, x, y) => {
        const back = toImage(v, toScreen(v, imagePoint(x, y)));
        expect(back.x).toBeCloseTo(x, 4);
        expect(back.y).toBeCloseTo(y, 4);
      }),
      { seed: 3 },
    );
  });

  it('keeps the point under the cursor when zooming, within the limits of scale', () => {
    fc.assert(
      fc.property(view, number(0.1, 10), number(0, 4000), number(0, 4000), (v, factor, x, y) => {
        const at = screenPoint(x, y);
        const before = toImage(v, at);
        const zoomed = zoomAt(v, factor, at);
        const after = toImage(zoomed, at);
        expect(zoomed.scale).toBeGreaterThanOrEqual(SCALE_MIN);
        expect(zoomed.scale).toBeLessThanOrEqual(SCALE_MAX);
        const slack = 1e-6 * Math.max(1, Math.abs(before.x), Math.abs(before.y));
        expect(Math.abs(after.x - before.x)).toBeLessThan(slack);
        expect(Math.abs(after.y - before.y)).toBeLessThan(slack);
      }),
      { seed: 5 },
    );
  });

  it('fits a picture whole and in the middle', () => {
    const v = fitImage(viewportOf({ width: 1000, height: 600 }), { width: 4000, height: 1000 }, 0);
    expect(v.scale).toBe(0.25);
    expect([v.x, v.y]).toEqual([0, 175]);
    expect(visibleBox(v)).toMatchObject({ x1: 0, x2: 4000 });
  });

  it('never lets the picture out of sight', () => {
    const size = { width: 800, height: 400 };
    fc.assert(
      fc.property(view, (v) => {
        const held: Viewport = keepInSight(v, size);
        expect(held.x).toBeLessThan(held.width);
        expect(held.x + size.width * held.scale).toBeGreaterThan(0);
        expect(held.y + size.height * held.scale).toBeGreaterThan(0);
      }),
      { seed: 9 },
    );
  });

  it('keeps the middle when the container changes', () => {
    const v = fitImage(viewportOf({ width: 400, height: 400 }), { width: 100, height: 100 });
    const wider = resized(v, { width: 600, height: 400 });
    const middle = toImage(wider, screenPoint(300, 200));
    expect(middle.x).toBeCloseTo(50);
    expect(middle.y).toBeCloseTo(50);
  });
});
