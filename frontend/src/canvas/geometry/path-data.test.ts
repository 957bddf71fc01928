import { describe, expect, it } from 'vitest';

import { pathData } from './path-data';
import { SHAPE_TYPES, shapeFromWire } from './shape';
import type { WireGeometry } from './shapes/kind';
import { countsToText } from './rle';

const TEMPLATE = {
  points: [
    { name: 'head', x: 0, y: 0 },
    { name: 'foot', x: 1, y: 1 },
    { name: 'hand', x: 1, y: 0 },
  ],
  edges: [
    [0, 1],
    [1, 2],
  ],
};
const CORNERS = [
  [0, 0],
  [8, 0],
  [8, 8],
  [0, 8],
];

/** Of each shape: how many closed rings, open lines and dots are drawn. */
const CASES: Record<
  string,
  { shape: string; geometry: WireGeometry; rings: number; lines: number; dots: number }
> = {
  box: { shape: 'box', geometry: { box: [1, 2, 9, 8] }, rings: 1, lines: 0, dots: 0 },
  'turned box': { shape: 'box', geometry: { box: [1, 2, 9, 8], rotation: 30 }, rings: 1, lines: 0, dots: 0 },
  polygon: {
    shape: 'polygon',
    geometry: {
      points: CORNERS,
      holes: [
        [
          [2, 2],
          [4, 2],
          [4, 4],
        ],
      ],
    },
    rings: 2,
    lines: 0,
    dots: 0,
  },
  polyline: { shape: 'polyline', geometry: { points: CORNERS }, rings: 0, lines: 1, dots: 0 },
  points: { shape: 'points', geometry: { points: CORNERS }, rings: 0, lines: 0, dots: 4 },
  ellipse: { shape: 'ellipse', geometry: { center: [5, 5], radii: [4, 2] }, rings: 1, lines: 0, dots: 0 },
  mask: {
    shape: 'mask',
    geometry: { mask: { x: 3, y: 4, width: 2, height: 2, counts: countsToText([0, 4]) } },
    rings: 1,
    lines: 0,
    dots: 0,
  },
  skeleton: {
    shape: 'skeleton',
    geometry: {
      keypoints: [
        [1, 1, 2],
        [5, 5, 1],
        [0, 0, 0],
      ],
    },
    rings: 0,
    lines: 1,
    dots: 2,
  },
};

describe('path data', () => {
  it.each(Object.entries(CASES))('draws all of a %s', (_, { shape, geometry, rings, lines, dots }) => {
    const found = shapeFromWire(shape, geometry);
    expect(found).not.toBeNull();
    const data = pathData(found!, 1, TEMPLATE);
    const parts = data.split('M').slice(1);
    const discs = parts.filter((part) => part.includes('a'));
    const closed = parts.filter((part) => part.endsWith('Z') && !part.includes('a'));
    expect([closed.length, parts.length - closed.length - discs.length, discs.length]).toEqual([
      rings,
      lines,
      dots,
    ]);
    expect(data).not.toContain('NaN');
  });

  it('draws a cuboid whole: no shape is without a path', () => {
    const cuboid = shapeFromWire('cuboid', {
      front: CORNERS,
      back: CORNERS.map(([x, y]) => [x! + 2, y! - 2]),
    });
    expect(pathData(cuboid!, 1).split('M').length).toBeGreaterThan(2);
    const drawn = new Set([...Object.values(CASES).map(({ shape }) => shape), 'cuboid']);
    expect([...SHAPE_TYPES].filter((type) => !drawn.has(type))).toEqual([]);
  });
});
