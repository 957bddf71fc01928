// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { imagePoint, type Pair } from './points';
import { pointInPolygon, ringBounds, type Ring } from './polygon';
import { ringsToSpans, strokeToSpans } from './raster';
import {
  clipShape,
  scaleShape,
  shapeArea,
  shapeBounds,
  shapeContains,
  shapeFromWire,
  shapeToWire,
} from './shape';
import { maskRings, maskShape, maskSpans } from './shapes/mask';
import { fillHoles, NO_SPANS, spansArea, spansContain, subtract, unite, type Spans } from './spans';
import { largestPolygon, OUTLINE_TOLERANCE_PX, spansToPolygons } from './trace';

/** Slow and plain: a set of pixels as text. */
const SIDE = 12;
const pixelsOf = (spans: Spans): Set<string> => {
  const found = new Set<string>();
  for (let x = -4; x < SIDE + 4; x += 1) {
    for (let y = -4; y < SIDE + 4; y += 1)
      if (spansContain(spans, x, y)) found.add(`${String(x)},${String(y)}`);
  }
  return found;
};

const grid = fc
  .array(fc.array(fc.boolean(), { minLength: SIDE, maxLength: SIDE }), { minLength: SIDE, maxLength: SIDE })
  .map((columns): Spans => {
    const runs = columns.map((column) =>
      [...column, false].flatMap((set, y) => (set !== (y > 0 && column[y - 1]) ? [y] : [])),
    );
    return unite({ x: 0, columns: runs }, NO_SPANS);
  });

const same = (a: Spans, b: Spans): void => expect([...pixelsOf(a)].sort()).toEqual([...pixelsOf(b)].sort());

describe('pixels', () => {
  it('come back from run lengths and from JSON, cropped to what is set', () => {
    fc.assert(
      fc.property(grid, (spans) => {
        const mask = maskShape(spans);
        if (!mask) return expect(spansArea(spans)).toBe(0);
        same(maskSpans({ ...mask }), spans);
        const again = shapeFromWire('mask', shapeToWire(mask));
        expect(again).toEqual(mask);
        expect(mask.counts.reduce((sum, each) => sum + each, 0)).toBe(mask.width * mask.height);
        expect(shapeArea(mask)).toBe(pixelsOf(spans).size);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('are united and taken away as sets are', () => {
    fc.assert(
      fc.property(grid, grid, (a, b) => {
        const [one, other] = [pixelsOf(a), pixelsOf(b)];
        expect(pixelsOf(unite(a, b))).toEqual(new Set([...one, ...other].sort(byPlace)));
        expect(pixelsOf(subtract(a, b))).toEqual(new Set([...one].filter((each) => !other.has(each))));
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('have a border that, filled again, is the same pixels', () => {
    fc.assert(
      fc.property(grid, (spans) => {
        const mask = maskShape(spans);
        if (mask) same(ringsToSpans(maskRings(mask)), spans);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('fill what they shut in, and no bay', () => {
    const frame = subtract(box(0, 0, 10, 10), box(2, 2, 8, 8));
    same(fillHoles(frame), box(0, 0, 10, 10));
    const bay = subtract(frame, box(8, 4, 10, 6));
    same(fillHoles(bay), bay);
    // A gap at a corner only lets nothing in: pixels that touch at corners do not share a side.
    const corner = unite(subtract(frame, box(0, 0, 2, 2)), box(1, 1, 2, 2));
    expect(spansArea(fillHoles(corner))).toBe(spansArea(corner) + 36);
  });

  it('scale and clip as pictures do', () => {
    const mask = maskShape(box(2, 3, 6, 9));
    if (!mask) throw new Error('a box has pixels');
    const from = shapeBounds(mask);
    const twice = scaleShape(mask, from, { x1: 0, y1: 0, x2: 8, y2: 12 });
    expect(shapeBounds(twice)).toEqual({ x1: 0, y1: 0, x2: 8, y2: 12 });
    expect(shapeArea(twice)).toBe(96);
    const cut = clipShape({ ...mask, x: -2 }, { width: 5, height: 5 });
    expect(cut && shapeBounds(cut)).toEqual({ x1: 0, y1: 3, x2: 2, y2: 5 });
    expect(shapeContains(mask, imagePoint(5.9, 8.9))).toBe(true);
    expect(shapeContains(mask, imagePoint(6, 8.9))).toBe(false);
  });
});

function byPlace(a: string, b: string): number {
  const [ax = 0, ay = 0] = a.split(',').map(Number);
  const [bx = 0, by = 0] = b.split(',').map(Number);
  return ax - bx || ay - by;
}

function box(x1: number, y1: number, x2: number, y2: number): Spans {
  return ringsToSpans([
    [
      [x1, y1],
      [x2, y1],
      [x2, y2],
      [x1, y2],
    ],
  ]);
}

describe('outlines and strokes', () => {
  it('an outline holds the pixels whose middle it holds', () => {
    // Off the middles of pixels by a share that is no round number: on the very border either answer is right.
    const place = fc.integer({ min: 0, max: 8 * SIDE }).map((eighth) => eighth / 8 + 0.0317);
    const point = fc.tuple(place, place);
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 7 }), (ring) => {
        const spans = ringsToSpans([ring]);
        for (let x = 0; x < SIDE; x += 1) {
          for (let y = 0; y < SIDE; y += 1) {
            expect(spansContain(spans, x, y)).toBe(pointInPolygon(imagePoint(x + 0.5, y + 0.5), ring));
          }
        }
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it.each([
    ['round', 1],
    ['round', 6],
    ['square', 5],
    ['square', 2],
  ] as const)('a %s brush of %i px covers what lies within reach of its way', (shape, px) => {
    const way: Pair[] = [
      [3.2, 3.4],
      [9.1, 5.8],
      [9.1, 9.9],
      [4, 10],
    ];
    const spans = strokeToSpans(way, { px, shape });
    const reach = (x: number, y: number): number => {
      let best = Infinity;
      for (let leg = 1; leg < way.length; leg += 1) {
        const centre = (pair: Pair): Pair =>
          px % 2
            ? [Math.floor(pair[0]) + 0.5, Math.floor(pair[1]) + 0.5]
            : [Math.round(pair[0]), Math.round(pair[1])];
        const [a, b] = [centre(way[leg - 1] ?? [0, 0]), centre(way[leg] ?? [0, 0])];
        for (let step = 0; step <= 400; step += 1) {
          const t = step / 400;
          const [dx, dy] = [Math.abs(a[0] + t * (b[0] - a[0]) - x), Math.abs(a[1] + t * (b[1] - a[1]) - y)];
          best = Math.min(best, shape === 'round' ? Math.hypot(dx, dy) : Math.max(dx, dy));
        }
      }
      return best;
    };
    for (let x = 0; x < SIDE + 2; x += 1) {
      for (let y = 0; y < SIDE + 2; y += 1) {
        const off = reach(x + 0.5, y + 0.5) - px / 2;
        // The slow way samples the stretch: on the very rim either answer is right.
        if (Math.abs(off) > 0.02) expect([x, y, spansContain(spans, x, y)]).toEqual([x, y, off < 0]);
      }
    }
  });
});

/** An irregular star about a middle: convex and concave corners, slanted edges. */
function star(width: number, seed: number): Ring {
  return Array.from({ length: 14 }, (_, index): Pair => {
    const wobble = 0.72 + 0.28 * Math.sin(index * 2.4 + seed * 1.7) ** 2;
    const angle = (index / 14) * 2 * Math.PI + 0.1 * Math.sin(seed + index);
    return [
      width / 2 + (width / 2) * wobble * Math.cos(angle),
      width / 2 + (width / 2) * wobble * Math.sin(angle),
    ];
  });
}

const iou = (a: Spans, b: Spans): number => {
  const union = spansArea(unite(a, b));
  return (spansArea(a) + spansArea(b) - union) / union;
};

/** At four times the size, so that what lies between pixels counts. */
const fine = (rings: readonly Ring[]): Spans =>
  ringsToSpans(rings.map((ring) => ring.map(([x, y]): Pair => [4 * x, 4 * y])));

describe('polygon → mask → polygon', () => {
  it.each([150, 230, 400, 900])('keeps an IoU of 0.99 from 150 px of width: %i px', (width) => {
    for (let seed = 0; seed < 8; seed += 1) {
      const ring = star(width, seed);
      const [back] = spansToPolygons(ringsToSpans([ring]), OUTLINE_TOLERANCE_PX);
      expect(back).toBeDefined();
      expect(iou(fine([ring]), fine([back?.points ?? []]))).toBeGreaterThanOrEqual(0.99);
    }
  });

  it.each([12, 30, 60, 110])('stays within a pixel of the border below: %i px', (width) => {
    for (let seed = 0; seed < 8; seed += 1) {
      const ring = star(width, seed);
      const [back] = spansToPolygons(ringsToSpans([ring]), OUTLINE_TOLERANCE_PX);
      for (const [x, y] of back?.points ?? []) expect(offBorder([x, y], ring)).toBeLessThanOrEqual(1);
    }
  });

  it('keeps boxes as they are, holes as holes and islands apart', () => {
    const frame = subtract(box(0, 0, 10, 10), box(3, 3, 7, 7));
    const made = spansToPolygons(unite(frame, box(20, 0, 26, 6)), OUTLINE_TOLERANCE_PX);
    expect(made).toHaveLength(2);
    const [one] = made.filter((each) => each.holes.length === 1);
    expect(one?.points).toHaveLength(4);
    expect(one?.holes[0]).toHaveLength(4);
  });

  it('finds the largest island and its holes worth having among specks, each hole with the smallest island around it', () => {
    const frame = subtract(box(0, 0, 60, 60), unite(box(4, 4, 56, 56), NO_SPANS));
    const inner = subtract(box(10, 10, 40, 40), unite(box(15, 15, 25, 25), box(30, 30, 32, 32)));
    let spans = unite(unite(frame, inner), box(80, 0, 90, 10));
    for (let at = 0; at < 400; at += 1) {
      spans = unite(spans, box(100 + 2 * (at % 20), 2 * at, 101 + 2 * (at % 20), 2 * at + 1));
    }
    const all = spansToPolygons(spans, OUTLINE_TOLERANCE_PX);
    const holesOf = (width: number) =>
      all.find(({ points }) => ringBounds(points).x2 - ringBounds(points).x1 === width)?.holes.length;
    expect([all.length, holesOf(60), holesOf(30), holesOf(10)]).toEqual([403, 1, 2, 0]);
    const largest = largestPolygon(spans, OUTLINE_TOLERANCE_PX, 9);
    expect(ringBounds(largest?.points ?? [])).toEqual({ x1: 0, y1: 0, x2: 60, y2: 60 });
    expect(largest?.holes).toHaveLength(1);
    expect(largestPolygon(NO_SPANS, 1, 0)).toBeNull();
  });

  it('does not drift: turned to and fro again the pixels stay', () => {
    for (let seed = 0; seed < 8; seed += 1) {
      let spans = ringsToSpans([star(160, seed)]);
      const first = spans;
      for (let turn = 0; turn < 5; turn += 1) {
        spans = ringsToSpans(
          spansToPolygons(spans, OUTLINE_TOLERANCE_PX).flatMap(({ points, holes }) => [points, ...holes]),
        );
      }
      expect(iou(first, spans)).toBeGreaterThan(0.99);
    }
  });
});

function offBorder([x, y]: Pair, ring: Ring): number {
  return Math.min(
    ...ring.map((a, index) => {
      const b = ring[(index + 1) % ring.length] ?? a;
      const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
      const t = Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)));
      return Math.hypot(a[0] + t * dx - x, a[1] + t * dy - y);
    }),
  );
}
