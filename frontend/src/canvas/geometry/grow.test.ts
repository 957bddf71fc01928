// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { growShapes } from './grow';
import { shapeBounds } from './shape';
import { boxCorners, boxShape } from './shapes/box';
import { ellipseShape } from './shapes/ellipse';
import { polygonShape } from './shapes/paths';

const size = { width: 100, height: 80 };
const square = boxShape({ x1: 10, y1: 10, x2: 30, y2: 30 });

describe('growShapes', () => {
  it.each([
    ['wider and taller', 5, 3, { x1: 10, y1: 10, x2: 35, y2: 33 }],
    ['not past the edge', 500, 500, { x1: 10, y1: 10, x2: 100, y2: 80 }],
    ['narrower, to one pixel at least', -50, -4, { x1: 10, y1: 10, x2: 11, y2: 26 }],
  ])('makes a box %s', (_, dx, dy, box) => {
    expect(growShapes([square], dx, dy, size)).toEqual([boxShape(box)]);
  });

  it('of nothing is nothing', () => {
    expect(growShapes([], 1, 1, size)).toEqual([]);
  });

  it('stretches several as one', () => {
    const other = polygonShape([
      [50, 10],
      [60, 10],
      [60, 30],
    ]);
    const [a, b] = growShapes([square, other], 50, 0, { width: 200, height: 80 });
    expect(a && shapeBounds(a)).toMatchObject({ x1: 10, x2: 50 });
    expect(b && shapeBounds(b)).toMatchObject({ x1: 90, x2: 110 });
  });

  it('a turned box grows along its own side, its first corner staying', () => {
    const turned = boxShape({ x1: 10, y1: 10, x2: 30, y2: 30 }, 30);
    const [after] = growShapes([turned], 6, 0, size);
    if (after?.type !== 'box') throw new Error('a box stays a box');
    expect(after.rotation).toBe(30);
    expect(after.x2 - after.x1).toBeCloseTo(26);
    const [before, now] = [boxCorners(turned)[0], boxCorners(after)[0]];
    expect(now[0]).toBeCloseTo(before[0]);
    expect(now[1]).toBeCloseTo(before[1]);
  });

  it('a turned ellipse keeps its turn', () => {
    const [after] = growShapes([ellipseShape([50, 40], [10, 5], 90)], 0, 4, size);
    expect(after).toMatchObject({ rx: 10, ry: 7, rotation: 90 });
  });
});
