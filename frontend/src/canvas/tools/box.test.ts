// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { BoxShape } from '../geometry/shapes/box';
import { Headless } from '../testing/headless';
import type { ToolOptions } from './options';

function drawing(boxBy: ToolOptions['boxBy']): Headless {
  const h = new Headless();
  h.editor.setOptions({ boxBy });
  h.editor.setTool('box');
  return h;
}

describe('box by four extreme points', () => {
  it('is what lies between them, in whatever order they come', () => {
    const h = drawing('extreme');
    expect(h.path).toBe('box.extreme-idle');
    h.click(100, 150);
    h.click(150, 60);
    h.click(140, 190);
    expect(h.path).toBe('box.extreme-drawing');
    expect(h.regions).toEqual([]);
    h.click(210, 120);
    expect(h.regions).toMatchObject([{ shape: { type: 'box', x1: 100, y1: 60, x2: 210, y2: 190 } }]);
    expect(h.path).toBe('box.extreme-idle');
    const end = h.editor.document.data();
    expect(h.undoRedo().redone).toEqual(end);
  });

  it('shows the box so far; Backspace takes a point back, Esc all', () => {
    const h = drawing('extreme');
    h.click(100, 150);
    h.click(150, 60);
    h.editor.pointer('move', 180, 100);
    expect(h.editor.draft().shapes[0]?.shape).toMatchObject({ x1: 100, y1: 60, x2: 180, y2: 150 });
    h.key('Backspace');
    expect(h.editor.draft().marks).toHaveLength(1);
    h.key('Escape');
    expect(h.path).toBe('box.extreme-idle');
    expect(h.ops).toEqual([]);
  });
});

describe('turned box', () => {
  it('is drawn by one edge and the width, on either side of it', () => {
    for (const [x, y] of [
      [130, 190],
      [170, 110],
    ] as const) {
      const h = drawing('turned');
      h.click(100, 100);
      h.click(180, 160);
      expect(h.path).toBe('box.turned-drawing');
      h.editor.pointer('move', x, y);
      expect(h.editor.draft().shapes).toHaveLength(1);
      h.click(x, y);
      const shape = h.regions[0]?.shape as BoxShape;
      expect(shape.x2 - shape.x1).toBeCloseTo(100);
      expect(shape.rotation).toBeCloseTo(36.87);
      expect(shape.y2 - shape.y1).toBeGreaterThan(30);
    }
  });

  it('without an edge makes nothing; Esc drops it', () => {
    const h = drawing('turned');
    h.click(100, 100);
    h.click(100, 100);
    h.click(180, 160);
    h.key('Escape');
    expect(h.path).toBe('box.turned-idle');
    expect(h.regions).toEqual([]);
  });

  it('changing the way drops what is under way', () => {
    const h = drawing('turned');
    h.click(100, 100);
    h.editor.setOptions({ boxBy: 'drag' });
    expect(h.path).toBe('box.idle');
    h.editor.setOptions({ boxBy: 'turned' });
    expect(h.path).toBe('box.turned-idle');
  });

  it('a pointer taken away leaves the document alone', () => {
    const h = drawing('turned');
    h.click(100, 100);
    h.editor.pointerCancel();
    expect(h.ops).toEqual([]);
  });
});
