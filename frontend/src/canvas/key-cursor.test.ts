// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { BoxShape } from './geometry/shapes/box';
import { stepPx } from './key-cursor';
import { box, Headless } from './testing/headless';

const times = (h: Headless, chord: string, count: number): void => {
  for (let i = 0; i < count; i += 1) h.key(chord);
};

/** Under a drawing tool with the cursor out at (200, 150), the middle of the picture. */
function out(tool: 'box' | 'polygon' | 'pan' | 'select'): Headless {
  const h = new Headless();
  h.editor.setTool(tool);
  h.key('ArrowRight');
  h.key('ArrowLeft');
  return h;
}

describe('drawing by keyboard alone', () => {
  it('a box: Enter at two corners', () => {
    const h = out('box');
    expect(h.editor.pointerAt).toEqual({ x: 200, y: 150 });
    h.key('Enter');
    expect(h.path).toBe('box.anchored');
    times(h, 'Shift+ArrowRight', 4);
    times(h, 'Shift+ArrowDown', 3);
    times(h, 'ArrowDown', 2);
    h.key('Enter');
    expect(h.regions).toMatchObject([{ shape: { x1: 200, y1: 150, x2: 240, y2: 182 } }]);
    const end = h.editor.document.data();
    expect(h.undoRedo().redone).toEqual(end);
  });

  it('a polygon: Enter at each corner, twice at the last', () => {
    const h = out('polygon');
    h.key('Enter');
    times(h, 'Shift+ArrowRight', 5);
    h.key('Enter');
    times(h, 'Shift+ArrowDown', 5);
    h.key('Enter');
    expect(h.regions).toHaveLength(0);
    h.key('Enter');
    expect(h.regions[0]?.shape).toMatchObject({
      points: [
        [200, 150],
        [250, 150],
        [250, 200],
      ],
    });
  });

  it('Esc drops the shape, then puts the cursor away, then leaves the selection', () => {
    const h = out('box');
    h.key('Enter');
    times(h, 'Shift+ArrowRight', 4);
    h.key('Escape');
    expect(h.path).toBe('box.idle');
    expect(h.editor.pointerAt).toEqual({ x: 240, y: 150 });
    h.key('Escape');
    expect(h.editor.pointerAt).toBeNull();
    expect(h.ops).toEqual([]);
    expect(h.key('Enter')).toBe(false);
  });

  it('lands on whole pixels at any zoom', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.editor.setViewport({ ...h.editor.viewport, scale: 0.7 });
    h.key('ArrowRight');
    h.key('Enter');
    times(h, 'Shift+ArrowRight', 3);
    times(h, 'Shift+ArrowDown', 3);
    h.key('Enter');
    const { x1, y1, x2, y2 } = h.regions[0]?.shape as BoxShape;
    expect([x1, y1, x2, y2].every(Number.isInteger)).toBe(true);
  });

  it('stays on the picture and takes the view along', () => {
    const h = out('box');
    h.editor.setViewport({ ...h.editor.viewport, scale: 4 });
    times(h, 'Shift+ArrowLeft', 30);
    expect(h.editor.viewport.x).toBe(32);
    h.key('Enter');
    h.editor.setViewport({ ...h.editor.viewport, scale: 1, x: 0 });
    times(h, 'Shift+ArrowRight', 60);
    times(h, 'Shift+ArrowDown', 5);
    h.key('Enter');
    expect(h.regions[0]?.shape).toMatchObject({ x1: 0, x2: 400 });
  });

  it('a mouse takes over; one that rests does not', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.editor.pointer('move', 50, 60);
    h.key('ArrowRight');
    h.editor.pointer('move', 50, 60);
    expect(h.editor.pointerAt).toEqual({ x: 51, y: 60 });
    h.editor.pointer('move', 80, 80);
    expect(h.key('Enter')).toBe(false);
  });

  it('under select the arrows move the selection', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50)] });
    h.editor.select(['a']);
    h.key('ArrowRight');
    expect(h.regions[0]?.shape).toMatchObject({ x1: 11 });
    expect(h.editor.pointerAt).toBeNull();
  });

  it.each([
    [1, 1],
    [4, 1],
    [0.25, 4],
  ])('one step at scale %d is %d picture pixels', (scale, pixels) => {
    expect(stepPx(scale)).toBe(pixels);
  });
});
