// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { shapeBounds, type Shape } from './geometry/shape';
import { cuboidShape } from './geometry/shapes/cuboid';
import { boxShape } from './geometry/shapes/box';
import { ellipseShape } from './geometry/shapes/ellipse';
import { polygonShape } from './geometry/shapes/paths';
import { skeletonShape } from './geometry/shapes/skeleton';
import { box, Headless, suggestion } from './testing/headless';

/** All of them lie within x 200..300, y 100..200. */
const SHAPES: readonly (readonly [string, Shape])[] = [
  ['box', boxShape({ x1: 200, y1: 100, x2: 300, y2: 200 })],
  ['turned box', boxShape({ x1: 220, y1: 120, x2: 280, y2: 180 }, 30)],
  ['polygon', polygonShape([[200, 100], [300, 120], [250, 200]])], // prettier-ignore
  ['polyline', { type: 'polyline', points: [[200, 100], [300, 200]] }], // prettier-ignore
  ['points', { type: 'points', points: [[200, 100], [300, 200]] }], // prettier-ignore
  ['ellipse', ellipseShape([250, 150], [50, 30])],
  [
    'cuboid',
    cuboidShape(
      [[200, 120], [280, 120], [280, 200], [200, 200]], // prettier-ignore
      [[220, 100], [300, 100], [300, 180], [220, 180]], // prettier-ignore
    ),
  ],
  [
    'skeleton',
    skeletonShape([
      { x: 200, y: 100, v: 2 },
      { x: 300, y: 200, v: 1 },
      { x: 0, y: 0, v: 0 },
    ]),
  ],
  ['mask', { type: 'mask', x: 200, y: 100, width: 2, height: 2, counts: [0, 4] }],
];

describe.each(SHAPES)('a copied %s', (_, shape) => {
  function copied(): Headless {
    const h = new Headless({ regions: [box('a', 0, 0, 0, 0, { shape, occluded: true })] });
    h.editor.select(['a']);
    h.key('Ctrl+c');
    return h;
  }

  it('comes to the next picture at its place, with an id of its own', () => {
    copied();
    const next = new Headless();
    next.key('Ctrl+v');
    expect(next.regions).toMatchObject([{ shape, occluded: true, source: 'person' }]);
    expect(next.regions[0]?.id).not.toBe('a');
    const end = next.editor.document.data();
    expect(next.undoRedo()).toMatchObject({ undone: { regions: [] }, redone: end });
  });

  it('is brought onto a smaller picture', () => {
    copied();
    const next = new Headless();
    next.editor.setImage(null, 150, 120);
    next.key('Ctrl+v');
    const bounds = next.regions[0] && shapeBounds(next.regions[0].shape);
    expect(bounds).toBeDefined();
    // A turned box keeps its form; its corners may reach over the edge by what they did before.
    expect(bounds?.x1).toBeGreaterThanOrEqual(-1);
    expect(bounds?.x2).toBeLessThanOrEqual(151);
    expect(bounds?.y2).toBeLessThanOrEqual(121);
  });

  it('lies beside its origin on the same picture', () => {
    const h = copied();
    h.key('Ctrl+v');
    expect(h.regions).toHaveLength(2);
    expect(h.editor.selection).not.toContain('a');
    const [from, to] = h.regions.map((each) => shapeBounds(each.shape));
    expect(to?.x1).toBeGreaterThan(from?.x1 ?? 0);
  });

  it('propagates to the very same place', () => {
    const h = copied();
    const next = new Headless();
    expect(next.editor.propagate(h.regions)).toBe(1);
    expect(next.regions[0]?.shape).toEqual(shape);
  });
});

describe.each(SHAPES)('a suggested %s', (_, shape) => {
  function offered(): Headless {
    return new Headless({ suggestions: [{ ...suggestion('s', 0.9), shape }] });
  }
  const status = (h: Headless) => h.editor.document.state.suggestions.get('s')?.status;

  it('is accepted as it is, rejected, or taken over to be mended: each recorded', () => {
    const h = offered();
    h.editor.select(['s']);
    h.key('a');
    expect([status(h), h.regions[0]?.source, h.regions[0]?.shape]).toEqual(['accepted', 'model', shape]);
    h.key('Ctrl+z');
    h.editor.select(['s']);
    h.key('r');
    expect([status(h), h.regions.length]).toEqual(['rejected', 0]);
    h.key('Ctrl+z');
    h.editor.select(['s']);
    h.key('e');
    expect([status(h), h.regions[0]?.source]).toEqual(['fixed', 'person']);
  });

  it('is not in the way of drawing over it, nor of a press that does not select it first', () => {
    const h = offered();
    h.editor.setOptions({ snap: true });
    h.editor.setTool('box');
    h.drag([
      [201, 101],
      [299, 199],
    ]);
    expect(h.regions).toMatchObject([{ shape: { x1: 201, y1: 101, x2: 299, y2: 199 } }]);
    expect(status(h)).toBe('open');
    h.key('Delete');
    h.editor.select([]);
    h.editor.setTool('select');
    h.drag([
      [250, 150],
      [260, 160],
    ]);
    expect(status(h)).toBe('open');
  });
});
