// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { box, Headless, suggestion, triangle } from '../testing/headless';
import { boxShape } from '../geometry/shapes/box';

const shapeOf = (h: Headless, id: string): unknown => h.editor.document.state.regions.get(id)?.shape;

describe('select', () => {
  it('a press that trembles is a click: it selects and changes nothing', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50)] });
    h.drag([
      [30, 30],
      [31, 32],
    ]);
    expect(h.editor.selection).toEqual(['a']);
    expect(h.ops).toEqual([]);
    expect(h.path).toBe('select.idle');
  });

  it('picks the smallest of those under the pointer, and nothing beside them', () => {
    const h = new Headless({ regions: [box('big', 0, 0, 200, 200), box('small', 50, 50, 80, 80)] });
    h.click(60, 60);
    expect(h.editor.selection).toEqual(['small']);
    h.click(350, 250);
    expect(h.editor.selection).toEqual([]);
  });

  it('shift adds and takes away', () => {
    const h = new Headless({ regions: [box('a', 0, 0, 20, 20), box('b', 50, 50, 80, 80)] });
    h.click(10, 10);
    h.click(60, 60, { shift: true });
    expect(h.editor.selection).toEqual(['a', 'b']);
    h.click(10, 10, { shift: true });
    expect(h.editor.selection).toEqual(['b']);
  });

  it('moves, stops at the edge of the picture, and undoes exactly', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50)] });
    const start = h.editor.document.data();
    h.begin([
      [30, 30],
      [40, 35],
    ]);
    expect(h.path).toBe('select.moving');
    expect(shapeOf(h, 'a')).toEqual(boxShape({ x1: 10, y1: 10, x2: 50, y2: 50 }));
    h.editor.pointer('move', -200, 60);
    h.editor.pointer('up', -200, 60);
    expect(shapeOf(h, 'a')).toEqual(boxShape({ x1: 0, y1: 40, x2: 40, y2: 80 }));
    const end = h.editor.document.data();
    expect(h.undoRedo()).toEqual({ undone: start, redone: end });
  });

  it('Esc in a drag restores and the release does nothing more', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50)] });
    h.begin([
      [30, 30],
      [90, 90],
    ]);
    h.key('Escape');
    expect(h.path).toBe('select.idle');
    expect(h.editor.preview).toBeNull();
    h.editor.pointer('up', 90, 90);
    expect(h.ops).toEqual([]);
    expect(h.editor.selection).toEqual(['a']);
  });

  it('resizes by a corner, and over the opposite one', () => {
    const h = new Headless({ regions: [box('a', 100, 100, 150, 150)] });
    h.click(120, 120);
    h.begin([
      [150, 150],
      [170, 160],
    ]);
    expect(h.path).toBe('select.resizing');
    h.editor.pointer('up', 170, 160);
    expect(shapeOf(h, 'a')).toEqual(boxShape({ x1: 100, y1: 100, x2: 170, y2: 160 }));
    h.drag([
      [170, 160],
      [80, 90],
    ]);
    expect(shapeOf(h, 'a')).toEqual(boxShape({ x1: 80, y1: 90, x2: 100, y2: 100 }));
  });

  it('a resized turned box keeps its opposite corner where it was', () => {
    const turned = boxShape({ x1: 100, y1: 100, x2: 160, y2: 140 }, 90);
    const h = new Headless({ regions: [box('a', 0, 0, 0, 0, { shape: turned })] });
    h.click(130, 120);
    // Turned by 90°, the box covers x 110..150, y 90..150; its "south-east" grip is at (110, 150).
    h.drag([
      [110, 150],
      [90, 170],
    ]);
    const after = shapeOf(h, 'a') as { x1: number; y1: number; x2: number; y2: number; rotation: number };
    expect(after.rotation).toBe(90);
    const [cx, cy] = [(after.x1 + after.x2) / 2, (after.y1 + after.y2) / 2];
    const [halfW, halfH] = [(after.y2 - after.y1) / 2, (after.x2 - after.x1) / 2];
    expect([cx - halfW, cx + halfW, cy - halfH, cy + halfH].map(Math.round)).toEqual([90, 150, 90, 170]);
  });

  it('turns by its stem, in steps with shift', () => {
    const h = new Headless({ regions: [box('a', 100, 100, 160, 160)] });
    h.click(130, 130);
    h.begin(
      [
        [130, 76],
        [180, 128],
      ],
      { shift: true },
    );
    expect(h.path).toBe('select.rotating');
    h.editor.pointer('up', 180, 128);
    expect(shapeOf(h, 'a')).toMatchObject({ rotation: 90 });
  });

  it('resizes many as one group', () => {
    const h = new Headless({ regions: [box('a', 100, 100, 120, 120), box('b', 160, 160, 200, 200)] });
    h.key('Ctrl+a');
    h.drag([
      [200, 200],
      [300, 200],
    ]);
    expect(shapeOf(h, 'a')).toEqual(boxShape({ x1: 100, y1: 100, x2: 140, y2: 120 }));
    expect(shapeOf(h, 'b')).toEqual(boxShape({ x1: 220, y1: 160, x2: 300, y2: 200 }));
    h.key('Ctrl+z');
    expect(shapeOf(h, 'b')).toEqual(boxShape({ x1: 160, y1: 160, x2: 200, y2: 200 }));
  });

  it('the marquee catches what lies in it whole', () => {
    const h = new Headless({ regions: [box('a', 100, 100, 120, 120), box('b', 110, 110, 300, 200)] });
    h.begin([
      [80, 80],
      [180, 180],
    ]);
    expect(h.path).toBe('select.marquee');
    expect(h.editor.draft().marquee).toEqual({ x1: 80, y1: 80, x2: 180, y2: 180 });
    h.editor.pointer('up', 180, 180);
    expect(h.editor.selection).toEqual(['a']);
  });

  it('moves, inserts and deletes vertices', () => {
    const h = new Headless({ regions: [triangle('t')] });
    h.click(30, 30);
    h.drag([
      [110, 10],
      [120, 20],
    ]);
    // Within reach of the picture's border: settled on it.
    expect(shapeOf(h, 't')).toMatchObject({
      points: [
        [10, 10],
        [120, 20],
        [10, 90],
      ],
    });
    h.drag([
      [10, 50],
      [0, 60],
    ]);
    expect(shapeOf(h, 't')).toMatchObject({
      points: [
        [10, 10],
        [120, 20],
        [10, 90],
        [0, 60],
      ],
    });
    h.click(120, 20, { alt: true });
    expect(shapeOf(h, 't')).toMatchObject({
      points: [
        [10, 10],
        [10, 90],
        [0, 60],
      ],
    });
    h.click(10, 10, { alt: true });
    expect((shapeOf(h, 't') as { points: unknown[] }).points).toHaveLength(3);
    h.key('Ctrl+z');
    h.key('Ctrl+z');
    h.key('Ctrl+z');
    expect(h.regions).toEqual([triangle('t')]);
  });

  it('leaves locked regions where they are', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50, { locked: true })] });
    h.drag([
      [30, 30],
      [90, 90],
    ]);
    expect(h.ops).toEqual([]);
    h.click(30, 30);
    expect(h.editor.selection).toEqual(['a']);
    h.key('Delete');
    expect(h.regions).toHaveLength(1);
  });

  it('dragging a chosen suggestion mends it; an unchosen one stays', () => {
    const h = new Headless({ suggestions: [suggestion('s', 0.9)] });
    h.drag([
      [40, 40],
      [50, 50],
    ]);
    expect(h.ops).toEqual([]);
    h.click(40, 40);
    h.drag([
      [40, 40],
      [50, 45],
    ]);
    expect(h.regions).toMatchObject([{ source: 'person', suggestionId: 's', shape: { x1: 30, y1: 25 } }]);
    expect(h.editor.selection).toEqual([h.regions[0]?.id]);
    h.key('Ctrl+z');
    expect(h.editor.document.state.suggestions.get('s')?.status).toBe('open');
  });
});

describe('box', () => {
  it('is drawn by dragging, cut to the picture, selected, and undone', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.begin([
      [350, 250],
      [380, 270],
    ]);
    expect(h.path).toBe('box.dragging');
    h.editor.pointer('move', 500, 400);
    h.editor.pointer('up', 500, 400);
    expect(h.regions).toMatchObject([{ labelId: 'person', shape: { x1: 350, y1: 250, x2: 400, y2: 300 } }]);
    expect(h.editor.selection).toEqual([h.regions[0]?.id]);
    expect(h.ops).toMatchObject([{ op: 'put' }]);
    h.key('Ctrl+z');
    expect(h.regions).toEqual([]);
    expect(h.ops).toMatchObject([{ op: 'put' }, { op: 'delete' }]);
  });

  it('is drawn by two clicks', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.click(10, 10);
    expect(h.path).toBe('box.anchored');
    h.click(60, 40);
    expect(h.regions).toMatchObject([{ shape: { x1: 10, y1: 10, x2: 60, y2: 40 } }]);
  });

  it('Esc drops it at any stage', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.click(10, 10);
    h.key('Escape');
    expect(h.path).toBe('box.idle');
    h.begin([
      [10, 10],
      [90, 90],
    ]);
    h.key('Escape');
    h.editor.pointer('up', 90, 90);
    expect(h.regions).toEqual([]);
  });

  it('shift makes a square; a slip of the hand makes nothing', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.drag(
      [
        [10, 10],
        [60, 40],
      ],
      { shift: true },
    );
    expect(h.regions[0]?.shape).toMatchObject({ x2: 60, y2: 60 });
    h.click(200, 200);
    h.click(201, 201);
    expect(h.regions).toHaveLength(1);
  });

  it('takes a label that allows boxes when the current one does not', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.editor.setLabel('spill');
    h.drag([
      [10, 10],
      [60, 40],
    ]);
    expect(h.regions[0]?.labelId).toBe('person');
  });
});

describe('polygon', () => {
  const corners = [
    [10, 10],
    [100, 10],
    [100, 100],
  ] as const;
  function drawing(): Headless {
    const h = new Headless();
    h.editor.setTool('polygon');
    for (const [x, y] of corners) h.click(x, y);
    return h;
  }
  const points = corners.map((corner) => [...corner]);

  it('closes on its first point', () => {
    const h = drawing();
    expect(h.path).toBe('polygon.drawing');
    h.click(12, 13);
    expect(h.regions[0]?.shape).toMatchObject({ type: 'polygon', points });
  });

  it('closes on Enter', () => {
    const h = drawing();
    expect(h.key('Enter')).toBe(true);
    expect(h.regions[0]?.shape).toMatchObject({ points });
  });

  it('closes on a double click without a doubled vertex', () => {
    const h = drawing();
    h.click(10, 100);
    h.click(10, 100);
    h.editor.pointer('double', 10, 100);
    expect(h.regions[0]?.shape).toMatchObject({ points: [...points, [10, 100]] });
    const end = h.editor.document.data();
    expect(h.undoRedo().redone).toEqual(end);
  });

  it('Backspace takes points back, Esc all of them, undo as well', () => {
    const h = drawing();
    h.key('Backspace');
    expect(h.editor.draft().marks).toHaveLength(2);
    h.key('Enter');
    expect(h.regions).toEqual([]);
    h.key('Ctrl+z');
    expect(h.editor.draft().marks).toHaveLength(1);
    h.key('Escape');
    expect(h.path).toBe('polygon.idle');
    h.click(10, 10);
    h.key('Ctrl+z');
    expect(h.path).toBe('polygon.idle');
  });
});
