// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cutPolygon, joinPolygons, subtractPolygons } from './boolean';
import type { Pair } from './points';
import { polygonArea } from './polygon';
import { polygonShape, type PolygonShape } from './shapes/paths';

const square = (x: number, y: number, side: number): PolygonShape =>
  polygonShape([
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
  ]);

const areaOf = (shapes: readonly PolygonShape[]): number =>
  shapes.reduce((sum, shape) => sum + polygonArea(shape.points, shape.holes), 0);

describe('polygons', () => {
  it('none joined are none', () => {
    expect(joinPolygons([])).toEqual([]);
  });

  it.each([
    ['that overlap are one', square(50, 50, 100), 1, 17_500],
    ['side by side are one', square(100, 0, 100), 1, 20_000],
    ['one within the other are one', square(20, 20, 10), 1, 10_000],
    ['apart stay two', square(150, 0, 100), 2, 20_000],
    ['that meet in a corner only stay two', square(100, 100, 50), 2, 12_500],
  ])('%s', (_, other, count, area) => {
    const joined = joinPolygons([square(0, 0, 100), other]);
    expect(joined).toHaveLength(count);
    expect(areaOf(joined)).toBeCloseTo(area);
  });

  it('joined around a gap keep it as a hole; taken from inside get one', () => {
    const frame = subtractPolygons(square(0, 0, 100), [square(40, 40, 20)]);
    expect(frame).toMatchObject([{ holes: [expect.anything()] }]);
    expect(areaOf(joinPolygons([...frame, square(90, 0, 100)]))).toBeCloseTo(9_600 + 10_000 - 1_000);
  });

  it('keep the vertices that nothing happened to, to the last digit', () => {
    const odd: Pair = [0.1 + 0.2, Math.PI];
    const shape = polygonShape([odd, [100, 0], [100, 100], [0, 100]]);
    const [cut] = subtractPolygons(shape, [square(80, 80, 50)]);
    expect(cut?.points).toContainEqual(odd);
  });

  it('taken from whole leave nothing, or pieces', () => {
    expect(subtractPolygons(square(10, 10, 10), [square(0, 0, 100)])).toEqual([]);
    const bar = polygonShape([
      [-10, 40],
      [110, 40],
      [110, 60],
      [-10, 60],
    ]);
    expect(subtractPolygons(square(0, 0, 100), [bar])).toHaveLength(2);
  });
});

const corner = fc.integer({ min: 0, max: 400 }).map((n) => n / 2);
const ring = fc.array(fc.tuple(corner, corner), { minLength: 3, maxLength: 14 });
const shapes = ring.map((points) => polygonShape(points));

describe('whatever is drawn', () => {
  it('the parts of a cut make up the whole, and joined again they are it', () => {
    const chains = fc.array(fc.tuple(corner, corner), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(fc.nat(200), chains, (side, chain) => {
        const shape = square(20, 20, 60 + side);
        const pieces = cutPolygon(shape, chain);
        const lost = areaOf([shape]) - areaOf(pieces);
        // A chain that crosses itself may cut crumbs off, which are not kept.
        expect(lost).toBeGreaterThan(-0.01);
        expect(lost).toBeLessThan(chain.length < 4 ? 1.01 : 6);
        if (pieces.length > 1 && lost < 0.001) expect(joinPolygons(pieces)).toHaveLength(1);
      }),
      { numRuns: 300, seed: 42 },
    );
  });

  it('union and difference fit each other, crossing outlines included', () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        const both = areaOf(joinPolygons([a, b]));
        const rest = areaOf(subtractPolygons(a, [b]));
        // What is left of a, beside all of b, is both: less crumbs.
        expect(Math.abs(rest + areaOf(joinPolygons([b])) - both)).toBeLessThan(30);
        cutPolygon(a, b.points);
      }),
      { numRuns: 300, seed: 42 },
    );
  });
});
