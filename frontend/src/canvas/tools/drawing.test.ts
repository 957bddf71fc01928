// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { box, Headless, triangle } from '../testing/headless';
import type { Region } from '../document/model';
import { polygonArea } from '../geometry/polygon';
import { polygonShape } from '../geometry/shapes/paths';
import type { ToolName } from './tool';

const square = (id: string, x: number, y: number, side: number, extra: Partial<Region> = {}): Region =>
  box(id, 0, 0, 0, 0, {
    shape: polygonShape([
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
    ]),
    ...extra,
  });

const free = (h: Headless, tool: ToolName): void => {
  h.editor.setOptions({ snap: false });
  h.editor.setTool(tool);
};

const only = (h: Headless): unknown => {
  expect(h.regions).toHaveLength(1);
  return h.regions[0]?.shape;
};

type Case = {
  tool: ToolName;
  draw: (h: Headless) => void;
  /** The state half way. */
  path: string;
  shape: unknown;
};

const SKELETON = {
  id: 'body',
  name: 'body',
  shapes: ['skeleton'],
  skeleton: {
    points: [
      { name: 'head', x: 0.5, y: 0 },
      { name: 'foot', x: 0.5, y: 1 },
    ],
    edges: [[0, 1]],
  },
};

function clicks(h: Headless, points: readonly (readonly [number, number])[]): void {
  for (const [x, y] of points) h.click(x, y);
}

const CASES: Record<string, Case> = {
  'a box by four extreme points': {
    tool: 'box',
    draw: (h) => {
      h.editor.setOptions({ boxBy: 'extreme' });
      clicks(h, [
        [50, 20],
        [90, 60],
        [55, 110],
      ]);
      expect(h.path).toBe('box.extreme-drawing');
      h.click(10, 70);
    },
    path: 'box.extreme-idle',
    shape: { type: 'box', x1: 10, y1: 20, x2: 90, y2: 110 },
  },
  'a turned box by an edge and a width': {
    tool: 'box',
    draw: (h) => {
      h.editor.setOptions({ boxBy: 'turned' });
      clicks(h, [
        [100, 100],
        [100, 200],
      ]);
      expect(h.path).toBe('box.turned-drawing');
      h.click(60, 150);
    },
    path: 'box.turned-idle',
    shape: { type: 'box', x1: 30, y1: 130, x2: 130, y2: 170, rotation: 90 },
  },
  'a line by clicks and Enter': {
    tool: 'polyline',
    draw: (h) => {
      clicks(h, [
        [10, 10],
        [60, 10],
        [60, 80],
      ]);
      expect(h.path).toBe('polyline.drawing');
      h.key('Enter');
    },
    path: 'polyline.idle',
    shape: {
      type: 'polyline',
      points: [
        [10, 10],
        [60, 10],
        [60, 80],
      ],
    },
  },
  'a single point': {
    tool: 'points',
    draw: (h) => {
      h.click(33, 44);
      h.key('Enter');
    },
    path: 'points.idle',
    shape: { type: 'points', points: [[33, 44]] },
  },
  'an ellipse by dragging': {
    tool: 'ellipse',
    draw: (h) => {
      h.begin([
        [20, 20],
        [120, 80],
      ]);
      expect(h.path).toBe('ellipse.dragging');
      h.editor.pointer('up', 120, 80);
    },
    path: 'ellipse.idle',
    shape: { type: 'ellipse', cx: 70, cy: 50, rx: 50, ry: 30 },
  },
  'a cuboid: the front, then the depth': {
    tool: 'cuboid',
    draw: (h) => {
      h.drag([
        [50, 100],
        [150, 200],
      ]);
      expect(h.path).toBe('cuboid.depth');
      h.click(120, 130);
    },
    path: 'cuboid.idle',
    shape: {
      type: 'cuboid',
      front: [
        [50, 100],
        [150, 100],
        [150, 200],
        [50, 200],
      ],
      back: [
        [70, 80],
        [170, 80],
        [170, 180],
        [70, 180],
      ],
    },
  },
  'a skeleton by its template': {
    tool: 'skeleton',
    draw: (h) => {
      h.editor.setOntology({ labels: [SKELETON] });
      h.drag([
        [100, 50],
        [200, 250],
      ]);
    },
    path: 'skeleton.idle',
    shape: {
      type: 'skeleton',
      keypoints: [
        { x: 150, y: 50, v: 2 },
        { x: 150, y: 250, v: 2 },
      ],
    },
  },
};

describe('drawing', () => {
  it.each(Object.entries(CASES))('%s', (_name, { tool, draw, path, shape }) => {
    const h = new Headless();
    free(h, tool);
    const start = h.editor.document.data();
    draw(h);
    expect(h.path).toBe(path);
    expect(only(h)).toEqual(shape);
    const end = h.editor.document.data();
    expect(h.undoRedo()).toEqual({ undone: start, redone: end });
    expect(h.editor.selection).toEqual([]);
  });

  it.each<[ToolName, boolean]>([
    ['box', false],
    ['polygon', true],
    ['polyline', true],
    ['points', true],
    ['ellipse', false],
    ['cuboid', false],
    ['cut', true],
    ['measure', true],
  ])('%s: Esc and a lost pointer drop what is under way', (tool, byClicks) => {
    for (const end of ['esc', 'lost']) {
      const h = new Headless();
      free(h, tool);
      // A pointer that is lost is held: what was set before its press stays.
      if (byClicks && end === 'lost') h.editor.pointer('down', 50, 50);
      else if (byClicks) h.click(50, 50);
      else
        h.begin([
          [50, 50],
          [90, 90],
        ]);
      expect(h.path).not.toBe(`${tool}.idle`);
      if (end === 'esc') h.key('Escape');
      else h.editor.pointerCancel();
      expect(h.path).toBe(`${tool}.idle`);
      h.editor.pointer('up', 90, 90);
      expect(h.ops).toEqual([]);
    }
  });

  it('a label without a skeleton draws none', () => {
    const h = new Headless();
    h.editor.setOntology({ labels: [{ id: 'person', name: 'person' }] });
    free(h, 'skeleton');
    h.drag([
      [100, 50],
      [200, 250],
    ]);
    expect(h.regions).toEqual([]);
  });

  it('Backspace takes the last point of a chain back, Shift holds it to 45 degrees', () => {
    const h = new Headless();
    free(h, 'polyline');
    clicks(h, [
      [10, 10],
      [60, 12],
    ]);
    h.key('Backspace');
    h.editor.pointer('down', 100, 14, { shift: true });
    h.editor.pointer('up', 100, 14, { shift: true });
    h.key('Enter');
    expect(only(h)).toEqual({
      type: 'polyline',
      points: [
        [10, 10],
        [100, 10],
      ],
    });
  });
});

describe('polygons', () => {
  it('are drawn freehand, simplified, closed where the stroke comes home', () => {
    const h = new Headless();
    free(h, 'polygon');
    const round = Array.from({ length: 73 }, (_, i): [number, number] => [
      200 + 80 * Math.cos((i / 72) * 2 * Math.PI),
      150 + 80 * Math.sin((i / 72) * 2 * Math.PI),
    ]);
    h.begin(round);
    expect(h.path).toBe('polygon.freehand');
    h.editor.pointer('up', 280, 150);
    const shape = only(h) as { points: [number, number][] };
    expect(shape.points.length).toBeLessThan(40);
    expect(polygonArea(shape.points)).toBeGreaterThan(0.98 * Math.PI * 80 ** 2);
  });

  it('Alt at the first point takes a hole out of the selected one; undo gives it back', () => {
    const h = new Headless({ regions: [square('s', 50, 50, 100)] });
    const start = h.editor.document.data();
    h.editor.select(['s']);
    free(h, 'polygon');
    h.editor.pointer('down', 80, 80, { alt: true });
    h.editor.pointer('up', 80, 80, { alt: true });
    clicks(h, [
      [120, 80],
      [120, 120],
    ]);
    h.key('Enter');
    const shape = only(h) as { points: [number, number][]; holes: [number, number][][] };
    expect(shape.holes).toHaveLength(1);
    expect(polygonArea(shape.points, shape.holes)).toBeCloseTo(10_000 - 800);
    h.key('Ctrl+Z');
    expect(h.editor.document.data()).toEqual(start);
  });

  it('with the option they add to the selected one', () => {
    const h = new Headless({ regions: [square('s', 50, 50, 100)] });
    h.editor.select(['s']);
    free(h, 'polygon');
    h.editor.setOptions({ combine: 'add' });
    clicks(h, [
      [100, 100],
      [250, 100],
      [250, 120],
      [100, 120],
    ]);
    h.key('Enter');
    const shape = only(h) as { points: [number, number][] };
    expect(polygonArea(shape.points)).toBeCloseTo(10_000 + 2_000, 3);
  });

  it('are cut along a line: the first piece keeps the id, label and attributes', () => {
    const h = new Headless({ regions: [square('s', 50, 50, 100, { attributes: { kind: 'a' } })] });
    free(h, 'cut');
    clicks(h, [
      [100, 20],
      [100, 190],
    ]);
    h.key('Enter');
    expect(h.regions).toHaveLength(2);
    expect(h.regions.map((region) => region.attributes)).toEqual([{ kind: 'a' }, { kind: 'a' }]);
    const areas = h.regions.map(({ shape }) => (shape.type === 'polygon' ? polygonArea(shape.points) : 0));
    for (const area of areas) expect(area).toBeCloseTo(5_000, -1);
    expect(h.regions.some((region) => region.id === 's')).toBe(true);
    h.key('Ctrl+Z');
    expect(h.regions).toHaveLength(1);
  });

  it('are not cut by a line that ends inside', () => {
    const h = new Headless({ regions: [square('s', 50, 50, 100)] });
    free(h, 'cut');
    clicks(h, [
      [100, 20],
      [100, 100],
    ]);
    h.key('Enter');
    expect(h.ops).toEqual([]);
  });

  it('J joins those that touch, and says why it does not', () => {
    const h = new Headless({
      regions: [square('a', 50, 50, 50), square('b', 90, 60, 50), square('far', 300, 200, 20)],
    });
    h.editor.select(['a', 'far']);
    expect(h.editor.joinable()).toBe('apart');
    h.key('J');
    expect(h.ops).toEqual([]);
    h.editor.select(['a', 'b']);
    expect(h.editor.joinable()).toBe('yes');
    h.key('J');
    expect(h.regions.map((region) => region.id).sort()).toEqual(['a', 'far']);
    expect(h.editor.selection).toEqual(['a']);
    h.key('Ctrl+Z');
    expect(h.regions).toHaveLength(3);
  });
});

describe('snapping', () => {
  it('settles on vertices before edges before the border, and shows where', () => {
    const h = new Headless({ regions: [triangle('t')] });
    h.editor.setTool('polyline');
    h.editor.pointer('move', 113, 12);
    expect(h.editor.draft().marks).toEqual([{ at: { x: 110, y: 10 }, style: 'snap' }]);
    clicks(h, [
      [113, 12],
      [60, 14],
      [397, 150],
    ]);
    h.key('Enter');
    const line = h.regions.find((region) => region.shape.type === 'polyline')?.shape;
    expect(line).toEqual({
      type: 'polyline',
      points: [
        [110, 10],
        [60, 10],
        [400, 150],
      ],
    });
  });
});

describe('measure', () => {
  it('says length, angle and area, and leaves the document alone', () => {
    const h = new Headless();
    free(h, 'measure');
    clicks(h, [
      [100, 100],
      [200, 100],
      [200, 50],
    ]);
    h.key('Enter');
    expect(h.editor.getSnapshot().measured).toEqual({ lengthPx: 150, angleDeg: 90, areaPx2: 2_500 });
    expect(h.editor.draft().notes.map((note) => note.text)).toEqual(['150.0 px · 90.0° · 2,500 px²']);
    expect(h.ops).toEqual([]);
    h.key('Escape');
    expect(h.editor.getSnapshot().measured).toBeNull();
  });

  it('says the area of what is selected', () => {
    const h = new Headless({ regions: [triangle('t')] });
    h.editor.select(['t']);
    expect(h.editor.getSnapshot().selectedPx2).toBeNull();
    h.editor.setTool('measure');
    expect(h.editor.getSnapshot().selectedPx2).toBe(4_000);
  });
});
