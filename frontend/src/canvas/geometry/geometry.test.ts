// @vitest-environment node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { boxIou, boxesTouch, type Box } from './box';
import { imagePoint, type Pair } from './points';
import {
  clipRingToBox,
  nearestEdge,
  pointInPolygon,
  polygonArea,
  ringBounds,
  ringIouWithConvex,
  simplifyRing,
} from './polygon';
import { countsFromText, countsToText } from './rle';
import { clipShape, scaleShape, shapeArea, shapeBounds, shapeFromWire, translateShape } from './shape';
import { boxCorners, boxShape } from './shapes/box';
import type { WireGeometry } from './shapes/kind';
import { polygonShape } from './shapes/paths';
import { SpatialIndex } from './spatial-index';

type Quad = [number, number, number, number];
type Vectors = {
  box_iou: { name: string; a: Quad; b: Quad; iou: number }[];
  polygon_area: { name: string; points: Pair[]; holes: Pair[][]; area: number }[];
  point_in_polygon: { name: string; points: Pair[]; holes: Pair[][]; point: Pair; inside: boolean }[];
  convex_iou: { name: string; a: Pair[]; b: Pair[]; iou: number }[];
  shape_bounds: { name: string; shape: string; geometry: WireGeometry; bounds: Quad; area?: number }[];
  run_lengths: { name: string; counts: number[]; text: string }[];
};

// Shared with the Python tests; vitest runs in frontend/.
const vectors = JSON.parse(readFileSync(resolve('../tests/vectors/geometry.json'), 'utf8')) as Vectors;
const boxOf = ([x1, y1, x2, y2]: Quad): Box => ({ x1, y1, x2, y2 });

describe('shared vectors', () => {
  it.each(vectors.box_iou)('box IoU: $name', ({ a, b, iou }) => {
    expect(boxIou(boxOf(a), boxOf(b))).toBeCloseTo(iou, 9);
    expect(boxIou(boxOf(b), boxOf(a))).toBeCloseTo(iou, 9);
  });

  it.each(vectors.polygon_area)('polygon area: $name', ({ points, holes, area }) => {
    expect(polygonArea(points, holes)).toBeCloseTo(area, 9);
  });

  it.each(vectors.point_in_polygon)('point in polygon: $name', ({ points, holes, point, inside }) => {
    expect(pointInPolygon(imagePoint(...point), points, holes)).toBe(inside);
  });

  it.each(vectors.convex_iou)('IoU with a convex ring: $name', ({ a, b, iou }) => {
    expect(ringIouWithConvex(a, b)).toBeCloseTo(iou, 9);
  });

  it.each(vectors.shape_bounds)('bounds of $name', ({ shape: type, geometry, bounds, area }) => {
    const shape = shapeFromWire(type, geometry);
    if (shape === null) throw new Error(`${type} was not read`);
    const { x1, y1, x2, y2 } = shapeBounds(shape);
    for (const [index, value] of [x1, y1, x2, y2].entries()) expect(value).toBeCloseTo(bounds[index]!, 9);
    if (area !== undefined) expect(shapeArea(shape)).toBeCloseTo(area, 6);
  });

  it.each(vectors.run_lengths)('run lengths: $name', ({ counts, text }) => {
    expect(countsToText(counts)).toBe(text);
    expect(countsFromText(text)).toEqual(counts);
  });
});

describe('polygons', () => {
  it('has no bounds to speak of without points', () => {
    expect(ringBounds([])).toEqual({ x1: 0, y1: 0, x2: 0, y2: 0 });
    expect(polygonArea([])).toBe(0);
    expect(simplifyRing([], 1)).toEqual([]);
  });

  it('simplify keeps every dropped vertex within the tolerance', () => {
    const coordinate = fc.double({ min: 0, max: 200, noNaN: true });
    const ring = fc.array(fc.tuple(coordinate, coordinate), { minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(ring, fc.double({ min: 0.1, max: 20, noNaN: true }), (points, tolerance) => {
        const kept = simplifyRing(points, tolerance);
        expect(kept.length).toBeGreaterThanOrEqual(3);
        for (const [x, y] of points) {
          expect(nearestEdge(imagePoint(x, y), kept).distance).toBeLessThanOrEqual(tolerance + 1e-6);
        }
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('simplify takes a noisy circle down to few points', () => {
    const circle = Array.from({ length: 300 }, (_, i): Pair => {
      const angle = (i / 300) * 2 * Math.PI;
      return [100 + 50 * Math.cos(angle), 100 + 50 * Math.sin(angle)];
    });
    const kept = simplifyRing(circle, 1);
    expect(kept.length).toBeLessThan(24);
    expect(polygonArea(kept) / polygonArea(circle)).toBeGreaterThan(0.95);
  });

  it('clips a ring to a box, to nothing where it lies outside', () => {
    const diamond: Pair[] = [
      [0, -10],
      [10, 0],
      [0, 10],
      [-10, 0],
    ];
    expect(polygonArea(clipRingToBox(diamond, { x1: 0, y1: 0, x2: 20, y2: 20 }))).toBeCloseTo(50, 9);
    expect(clipRingToBox(diamond, { x1: 50, y1: 50, x2: 60, y2: 60 })).toEqual([]);
  });
});

describe('shapes', () => {
  it('turns corners clockwise about the centre', () => {
    const corners = boxCorners(boxShape({ x1: 0, y1: 0, x2: 20, y2: 10 }, 90));
    expect(corners[0][0]).toBeCloseTo(15);
    expect(corners[0][1]).toBeCloseTo(-5);
  });

  it('keeps its area when moved and scales it with a group', () => {
    const ring = polygonShape([
      [0, 0],
      [10, 0],
      [0, 10],
    ]);
    expect(shapeArea(translateShape(ring, 5, -3))).toBeCloseTo(50);
    const twice = scaleShape(ring, { x1: 0, y1: 0, x2: 10, y2: 10 }, { x1: 0, y1: 0, x2: 20, y2: 10 });
    expect(shapeArea(twice)).toBeCloseTo(100);
  });

  it('clips to the picture and drops what is left of nothing', () => {
    const size = { width: 100, height: 50 };
    expect(clipShape(boxShape({ x1: -5, y1: -5, x2: 20, y2: 200 }), size)).toEqual(
      boxShape({ x1: 0, y1: 0, x2: 20, y2: 50 }),
    );
    expect(clipShape(boxShape({ x1: 120, y1: 0, x2: 140, y2: 20 }), size)).toBeNull();
  });
});

describe('spatial index', () => {
  it('answers as a plain scan does, in order', () => {
    const side = fc.double({ min: 0, max: 1000, noNaN: true });
    const box = fc.tuple(side, side, fc.double({ min: 0, max: 80, noNaN: true })).map(([x, y, s]) => ({
      x1: x,
      y1: y,
      x2: x + s,
      y2: y + s,
    }));
    fc.assert(
      fc.property(fc.array(box, { maxLength: 60 }), box, (boxes, window) => {
        const index = new SpatialIndex(boxes.map((bounds, value) => ({ value, bounds })));
        const slow = boxes.flatMap((bounds, value) => (boxesTouch(bounds, window) ? [value] : []));
        expect(index.query(window)).toEqual(slow);
      }),
      { numRuns: 100, seed: 11 },
    );
  });

  it('is empty without entries', () => {
    expect(new SpatialIndex([]).query({ x1: 0, y1: 0, x2: 9, y2: 9 })).toEqual([]);
    expect(shapeBounds(boxShape({ x1: 1, y1: 2, x2: 3, y2: 4 }))).toMatchObject({ x1: 1, y2: 4 });
  });
});
