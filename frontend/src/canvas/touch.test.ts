// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { screenPoint } from './geometry/points';
import { box, Headless } from './testing/headless';
import { Touches, type TouchStep } from './touch';

const at = screenPoint;
const said = (steps: readonly TouchStep[]): string[] =>
  steps.map((step) => (step.do === 'pointer' ? `${step.type}${step.alt ? '+alt' : ''}` : step.do));

describe('touches', () => {
  it('one finger that moves is a drag from where it was put down', () => {
    const touches = new Touches();
    expect(touches.down(1, at(10, 10))).toEqual([]);
    expect(touches.move(1, at(11, 11))).toEqual([]);
    const steps = touches.move(1, at(40, 10));
    expect(said(steps)).toEqual(['move', 'down', 'move']);
    expect(steps[1]).toMatchObject({ at: { x: 10, y: 10 } });
    expect(said(touches.move(1, at(50, 10)))).toEqual(['move']);
    expect(said(touches.up(1, at(50, 10)))).toEqual(['up']);
  });

  it('a tap is a click', () => {
    const touches = new Touches();
    touches.down(1, at(10, 10));
    expect(said(touches.up(1, at(11, 10)))).toEqual(['move', 'down', 'up']);
  });

  it('a long press is a click with Alt, and lifting it does nothing more', () => {
    const touches = new Touches();
    touches.down(1, at(10, 10));
    expect(said(touches.hold())).toEqual(['move', 'down+alt', 'up+alt']);
    expect(touches.move(1, at(90, 90))).toEqual([]);
    expect(touches.up(1, at(90, 90))).toEqual([]);
    touches.down(1, at(10, 10));
    expect(touches.isWaiting).toBe(true);
  });

  it('a finger that moved is no long press', () => {
    const touches = new Touches();
    touches.down(1, at(10, 10));
    touches.move(1, at(40, 10));
    expect(touches.hold()).toEqual([]);
  });

  it('two fingers move and zoom; the one that stays draws nothing', () => {
    const touches = new Touches();
    touches.down(1, at(100, 100));
    expect(touches.down(2, at(200, 100))).toEqual([]);
    expect(touches.move(2, at(300, 120))).toEqual([
      { do: 'view', at: { x: 200, y: 110 }, factor: expect.closeTo(2.01, 2) as number, dx: 50, dy: 10 },
    ]);
    expect(touches.up(2, at(300, 120))).toEqual([]);
    expect(touches.move(1, at(50, 50))).toEqual([]);
    expect(touches.up(1, at(50, 50))).toEqual([]);
    touches.down(3, at(10, 10));
    expect(said(touches.up(3, at(10, 10)))).toEqual(['move', 'down', 'up']);
  });

  it('a pinch interrupts what the first finger began', () => {
    const touches = new Touches();
    touches.down(1, at(10, 10));
    touches.move(1, at(40, 40));
    expect(touches.down(2, at(90, 90))).toEqual([{ do: 'interrupt' }]);
  });

  it('a finger the system takes away interrupts as well', () => {
    const touches = new Touches();
    touches.down(1, at(10, 10));
    expect(touches.cancel(1)).toEqual([]);
    touches.down(1, at(10, 10));
    touches.move(1, at(40, 40));
    expect(touches.cancel(1)).toEqual([{ do: 'interrupt' }]);
    expect(touches.cancel(1)).toEqual([]);
  });
});

describe('fingers on the canvas', () => {
  const run = (h: Headless, ...calls: readonly TouchStep[][]): void => {
    for (const steps of calls) h.editor.touches(steps);
  };

  it('draw a box with one, and a pinch drops it and zooms about its middle', () => {
    const h = new Headless();
    h.editor.setTool('box');
    const touches = new Touches();
    run(h, touches.down(1, at(100, 100)), touches.move(1, at(150, 150)));
    expect(h.path).toBe('box.dragging');
    run(h, touches.down(2, at(200, 150)), touches.move(2, at(250, 150)));
    expect(h.path).toBe('box.idle');
    expect(h.editor.viewport.scale).toBe(2);
    run(h, touches.up(2, at(250, 150)), touches.up(1, at(150, 150)));
    expect(h.ops).toEqual([]);
    run(h, touches.down(1, at(100, 100)), touches.move(1, at(150, 150)), touches.up(1, at(150, 150)));
    expect(h.regions).toHaveLength(1);
  });

  it('a pinch in the middle of a polygon keeps the points set before', () => {
    const h = new Headless();
    h.editor.setOptions({ snap: false });
    h.editor.setTool('polygon');
    const touches = new Touches();
    const tap = (x: number, y: number) => run(h, touches.down(1, at(x, y)), touches.up(1, at(x, y)));
    tap(100, 100);
    tap(200, 100);
    run(h, touches.down(1, at(200, 180)), touches.move(1, at(210, 220)));
    expect(h.path).toBe('polygon.freehand');
    run(h, touches.down(2, at(300, 220)), touches.move(2, at(320, 220)));
    run(h, touches.up(2, at(320, 220)), touches.up(1, at(210, 220)));
    expect(h.path).toBe('polygon.drawing');
    expect(h.editor.draft().marks).toHaveLength(2);
    h.editor.fit();
    h.editor.setViewport({ ...h.editor.viewport, scale: 1, x: 0, y: 0 });
    tap(200, 200);
    h.key('Enter');
    expect(h.regions[0]?.shape).toMatchObject({
      points: [
        [100, 100],
        [200, 100],
        [200, 200],
      ],
    });
  });

  it('a tap selects', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50)] });
    const touches = new Touches();
    run(h, touches.down(1, at(30, 30)), touches.up(1, at(30, 30)));
    expect(h.editor.selection).toEqual(['a']);
  });
});
