// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { PointsShape, PolygonShape, PolylineShape } from '../geometry/shapes/paths';
import { polygonArea } from '../geometry/polygon';
import { polygonShape } from '../geometry/shapes/paths';
import { box, Headless } from '../testing/headless';
import type { ToolName } from './tool';

const square = (id: string, x: number, y: number, side: number, extra = {}) =>
  box(id, 0, 0, 0, 0, {
    shape: polygonShape([
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
    ]),
    ...extra,
  });

const areaOf = (shape: unknown): number => {
  const { points, holes } = shape as PolygonShape;
  return polygonArea(points, holes);
};

function under(tool: ToolName, document = {}): Headless {
  const h = new Headless(document);
  h.editor.setOptions({ snap: false });
  h.editor.setTool(tool);
  return h;
}

/** A circle of small steps, as a hand draws it. */
const circle = (cx: number, cy: number, radius: number): [number, number][] =>
  Array.from({ length: 91 }, (_, index) => {
    const angle = (index / 90) * 2 * Math.PI;
    return [cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)];
  });

describe('polyline', () => {
  it('is drawn by clicks and ended by Enter', () => {
    const h = under('polyline');
    h.click(10, 10);
    h.click(60, 40);
    expect(h.path).toBe('polyline.drawing');
    h.click(90, 20);
    expect(h.key('Enter')).toBe(true);
    expect(h.regions[0]?.shape).toEqual({
      type: 'polyline',
      points: [
        [10, 10],
        [60, 40],
        [90, 20],
      ],
    });
    const end = h.editor.document.data();
    expect(h.undoRedo()).toMatchObject({ undone: { regions: [] }, redone: end });
  });

  it('does not end on its first point, and needs two', () => {
    const h = under('polyline');
    h.click(10, 10);
    h.key('Enter');
    expect(h.path).toBe('polyline.drawing');
    h.click(60, 40);
    h.click(90, 20);
    h.click(11, 11);
    expect(h.path).toBe('polyline.drawing');
    h.key('Escape');
    expect(h.path).toBe('polyline.idle');
    expect(h.ops).toEqual([]);
  });

  it('ends on a double click without a doubled vertex', () => {
    const h = under('polyline');
    h.click(10, 10);
    h.click(60, 40);
    h.click(60, 40);
    h.editor.pointer('double', 60, 40);
    expect((h.regions[0]?.shape as PolylineShape).points).toHaveLength(2);
  });
});

describe('points', () => {
  it('are one object, of one point or of many', () => {
    const h = under('points');
    h.click(10, 10);
    h.key('Enter');
    h.click(50, 50);
    h.click(60, 60);
    h.click(70, 50);
    h.key('Backspace');
    h.key('Enter');
    const sizes = h.regions.map((each) => (each.shape as PointsShape).points.length);
    expect(sizes).toEqual([1, 2]);
    expect(h.key('Ctrl+z')).toBe(true);
    expect(h.regions).toHaveLength(1);
  });

  it('Esc drops them', () => {
    const h = under('points');
    h.click(10, 10);
    h.key('Escape');
    expect([h.path, h.ops]).toEqual(['points.idle', []]);
  });
});

describe('freehand', () => {
  it('a drag that runs back into its beginning closes the polygon, simplified', () => {
    const h = under('polygon');
    const points = circle(200, 150, 80);
    h.begin(points.slice(0, 40));
    expect(h.path).toBe('polygon.freehand');
    for (const [x, y] of points.slice(40)) h.editor.pointer('move', x, y);
    h.editor.pointer('up', ...(points.at(-1) ?? [0, 0]));
    const shape = h.regions[0]?.shape as PolygonShape;
    expect(shape.points.length).toBeGreaterThan(8);
    expect(shape.points.length).toBeLessThan(45);
    expect(areaOf(shape) / (Math.PI * 80 * 80)).toBeCloseTo(1, 1);
    expect(h.path).toBe('polygon.idle');
  });

  it('goes on with clicks where it does not', () => {
    const h = under('polygon');
    h.drag([
      [100, 100],
      [150, 100],
      [200, 100],
    ]);
    expect(h.path).toBe('polygon.drawing');
    h.click(200, 200);
    h.key('Enter');
    expect((h.regions[0]?.shape as PolygonShape).points).toEqual([
      [100, 100],
      [200, 100],
      [200, 200],
    ]);
  });

  it('is dropped whole by Esc in the stroke', () => {
    const h = under('polygon');
    h.begin(circle(200, 150, 80).slice(0, 40));
    h.key('Escape');
    h.editor.pointer('up', 100, 100);
    expect([h.path, h.ops]).toEqual(['polygon.idle', []]);
  });
});

describe('holes and additions', () => {
  const inner = [
    [130, 130],
    [170, 130],
    [170, 170],
    [130, 170],
  ] as const;
  function ring(h: Headless, points: readonly (readonly [number, number])[], how = {}): void {
    points.forEach(([x, y], index) => h.click(x, y, index === 0 ? how : {}));
    h.key('Enter');
  }

  it('a polygon taken away inside the selected one is a hole', () => {
    const h = under('polygon', { regions: [square('a', 100, 100, 100)] });
    const start = h.editor.document.data();
    h.editor.select(['a']);
    h.editor.setOptions({ combine: 'subtract' });
    ring(h, inner);
    const shape = h.regions[0]?.shape as PolygonShape;
    expect(h.regions).toHaveLength(1);
    expect(shape.holes).toHaveLength(1);
    expect(areaOf(shape)).toBeCloseTo(100 * 100 - 40 * 40);
    const end = h.editor.document.data();
    expect(h.undoRedo()).toEqual({ undone: start, redone: end });
  });

  it('Alt at the first point does the same once', () => {
    const h = under('polygon', { regions: [square('a', 100, 100, 100)] });
    h.editor.select(['a']);
    ring(h, inner, { alt: true });
    expect((h.regions[0]?.shape as PolygonShape).holes).toHaveLength(1);
  });

  it('one added over its edge makes it larger', () => {
    const h = under('polygon', { regions: [square('a', 100, 100, 100)] });
    h.editor.select(['a']);
    h.editor.setOptions({ combine: 'add' });
    ring(h, [
      [180, 120],
      [240, 120],
      [240, 160],
      [180, 160],
    ]);
    expect(h.regions).toHaveLength(1);
    expect(areaOf(h.regions[0]?.shape)).toBeCloseTo(100 * 100 + 40 * 40);
  });

  it('leaves a locked polygon alone', () => {
    const h = under('polygon', { regions: [square('a', 100, 100, 100, { locked: true })] });
    const start = h.editor.document.state.regions.get('a');
    h.editor.select(['a']);
    ring(h, inner, { alt: true });
    expect(h.editor.document.state.regions.get('a')).toBe(start);
  });
});

describe('cut', () => {
  it('parts the selected polygon along a line, with nothing lost between', () => {
    const h = under('cut', { regions: [square('a', 100, 100, 100, { zIndex: 3 })] });
    const start = h.editor.document.data();
    h.editor.select(['a']);
    h.click(90, 150);
    expect(h.path).toBe('cut.drawing');
    h.click(210, 160);
    h.key('Enter');
    expect(h.regions).toHaveLength(2);
    expect(h.editor.document.state.regions.has('a')).toBe(true);
    const areas = h.regions.map((each) => areaOf(each.shape));
    expect(areas.reduce((sum, each) => sum + each, 0)).toBeCloseTo(10_000, 2);
    const end = h.editor.document.data();
    expect(h.undoRedo()).toEqual({ undone: start, redone: end });
  });

  it('and joined again it is what it was', () => {
    const h = under('cut', { regions: [square('a', 100, 100, 100)] });
    h.editor.select(['a']);
    h.click(90, 150);
    h.click(210, 160);
    h.key('Enter');
    h.editor.select(h.regions.map((each) => each.id));
    h.key('j');
    expect(h.regions).toHaveLength(1);
    expect(areaOf(h.regions[0]?.shape)).toBeCloseTo(10_000, 2);
  });

  it('leaves alone what it does not part: ending inside, passing by, locked', () => {
    const regions = [square('a', 100, 100, 100), square('b', 250, 100, 40, { locked: true })];
    const h = under('cut', { regions });
    h.editor.select(['a']);
    h.click(90, 150);
    h.click(150, 150);
    h.key('Enter');
    h.editor.select(['b']);
    h.click(240, 120);
    h.click(300, 120);
    h.key('Enter');
    h.editor.select(['a']);
    h.click(10, 10);
    h.click(300, 20);
    h.key('Enter');
    expect(h.ops).toEqual([]);
  });

  it('only the arm of a U that the line crosses', () => {
    const arms = polygonShape([
      [100, 100],
      [140, 100],
      [140, 180],
      [180, 180],
      [180, 100],
      [220, 100],
      [220, 220],
      [100, 220],
    ]);
    const h = under('cut', { regions: [box('u', 0, 0, 0, 0, { shape: arms })] });
    h.editor.select(['u']);
    h.click(90, 140);
    h.click(160, 140);
    h.key('Enter');
    const areas = h.regions.map((each) => Math.round(areaOf(each.shape))).sort((a, b) => a - b);
    expect(areas).toEqual([40 * 40, 120 * 120 - 40 * 80 - 40 * 40]);
  });
});
