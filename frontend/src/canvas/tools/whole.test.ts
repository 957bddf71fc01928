// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Shape } from '../geometry/shape';
import { shapeBounds } from '../geometry/shape';
import { cuboidShape } from '../geometry/shapes/cuboid';
import { polygonShape } from '../geometry/shapes/paths';
import { skeletonShape } from '../geometry/shapes/skeleton';
import { box, Headless } from '../testing/headless';

/** All of them fill x 100..200, y 100..180. */
const SHAPES: readonly (readonly [string, Shape])[] = [
  ['a polygon', polygonShape([[100, 100], [200, 120], [150, 180]])], // prettier-ignore
  ['a line', { type: 'polyline', points: [[100, 100], [200, 150], [150, 180]] }], // prettier-ignore
  ['points', { type: 'points', points: [[100, 100], [200, 180]] }], // prettier-ignore
  [
    'a cuboid',
    cuboidShape(
      [[100, 120], [180, 120], [180, 180], [100, 180]], // prettier-ignore
      [[120, 100], [200, 100], [200, 160], [120, 160]], // prettier-ignore
    ),
  ],
  [
    'a skeleton',
    skeletonShape([
      { x: 100, y: 100, v: 2 },
      { x: 200, y: 150, v: 1 },
      { x: 150, y: 180, v: 2 },
    ]),
  ],
];

const FRAME_PX = 14;

describe.each(SHAPES)('%s as a whole', (_, shape) => {
  function chosen(): Headless {
    const h = new Headless({ regions: [box('a', 0, 0, 0, 0, { shape })] });
    h.editor.select(['a']);
    return h;
  }
  const bounds = (h: Headless) => shapeBounds(h.regions[0]?.shape ?? shape);

  it('is stretched by the corner of its frame', () => {
    const h = chosen();
    const start = h.editor.document.data();
    h.begin([
      [200 + FRAME_PX, 180 + FRAME_PX],
      [300 + FRAME_PX, 260 + FRAME_PX],
    ]);
    expect(h.path).toBe('select.resizing');
    h.editor.pointer('up', 300 + FRAME_PX, 260 + FRAME_PX);
    expect(bounds(h)).toEqual({ x1: 100, y1: 100, x2: 300, y2: 260 });
    const end = h.editor.document.data();
    expect(h.undoRedo()).toEqual({ undone: start, redone: end });
  });

  it('is turned about its middle by its stem, in steps with Shift; Esc restores', () => {
    const h = chosen();
    const stem = [150, 100 - FRAME_PX - 24] as const;
    h.begin([stem, [230, 141]], { shift: true });
    expect(h.path).toBe('select.rotating');
    h.key('Escape');
    expect(h.ops).toEqual([]);
    h.editor.pointer('up', 230, 141);
    h.drag([stem, [230, 141]], { shift: true });
    const { x1, x2, y1, y2 } = bounds(h);
    expect([x1, x2, y1, y2].map(Math.round)).toEqual([110, 190, 90, 190]);
  });
});
