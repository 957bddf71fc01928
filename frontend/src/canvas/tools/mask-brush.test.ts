// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { shapeArea } from '../geometry/shape';
import { box, Headless, triangle } from '../testing/headless';

function brush(h: Headless, tool: 'brush' | 'eraser' = 'brush', brushPx = 10): void {
  h.editor.setTool(tool);
  h.editor.setOptions({ brushPx, brushShape: 'square' });
}

const areas = (h: Headless): number[] => h.regions.map((region) => shapeArea(region.shape));

describe('brush and eraser', () => {
  it('a stroke is a mask of the current label; the next goes into it; each undoes alone', () => {
    const h = new Headless();
    const start = h.editor.document.data();
    brush(h);
    h.begin([
      [50, 50],
      [70, 50],
    ]);
    expect(h.path).toBe('brush.painting');
    expect(h.editor.draft().stroke).toMatchObject({ px: 10, erases: false });
    expect(h.regions).toEqual([]);
    h.editor.pointer('up', 70, 50);
    expect(areas(h)).toEqual([300]);
    expect(h.regions[0]).toMatchObject({ labelId: 'person', shape: { type: 'mask', x: 45, y: 45 } });
    h.drag([
      [100, 100],
      [100, 120],
    ]);
    expect(areas(h)).toEqual([600]);
    h.key('Ctrl+Z');
    expect(areas(h)).toEqual([300]);
    h.key('Ctrl+Z');
    expect(h.editor.document.data()).toEqual(start);
    h.key('Ctrl+Y');
    h.key('Ctrl+Y');
    expect(areas(h)).toEqual([600]);
  });

  it('rubs out of the selected mask, and of nothing else; rubbed out whole it is gone', () => {
    const h = new Headless({ regions: [triangle('t')] });
    brush(h);
    h.drag([
      [200, 50],
      [260, 50],
    ]);
    brush(h, 'eraser');
    h.drag([
      [230, 20],
      [230, 80],
    ]);
    expect(areas(h).sort((a, b) => a - b)).toEqual([600, 4000]);
    brush(h, 'eraser', 400);
    h.click(230, 50);
    expect(h.regions.map((region) => region.id)).toEqual(['t']);
    h.click(60, 30);
    expect(h.editor.getSnapshot().notice).not.toBeNull();
    expect(areas(h)).toEqual([4000]);
  });

  it('Esc and a lost pointer drop the stroke, Shift goes on straight from the last one', () => {
    const h = new Headless();
    brush(h);
    for (const end of ['esc', 'lost']) {
      h.begin([
        [50, 50],
        [70, 50],
      ]);
      if (end === 'esc') h.key('Escape');
      else h.editor.pointerCancel();
      h.editor.pointer('up', 70, 50);
      expect(h.ops).toEqual([]);
    }
    h.click(50, 50);
    h.click(90, 50, { shift: true });
    expect(areas(h)).toEqual([500]);
  });

  it('paints on the picture only, by keyboard too, with sizes from [ and ]', () => {
    const h = new Headless();
    brush(h);
    h.click(0, 0);
    expect(areas(h)).toEqual([25]);
    h.key(']');
    expect(h.editor.options.brushPx).toBeGreaterThan(10);
    h.key('[');
    expect(h.editor.options.brushPx).toBe(10);
  });
});

describe('masks and polygons', () => {
  it('turn into each other as one step, and only as their label allows', () => {
    const h = new Headless({
      regions: [triangle('t'), box('b', 200, 100, 240, 140), { ...triangle('spill'), labelId: 'spill' }],
    });
    const start = h.editor.document.data();
    h.editor.select(['t', 'b', 'spill']);
    h.key('Shift+Y');
    const types = h.regions.map((region) => [region.id, region.shape.type]);
    expect(Object.fromEntries(types)).toEqual({ t: 'mask', b: 'mask', spill: 'polygon' });
    h.key('Shift+O');
    expect(new Set(h.regions.map((region) => region.shape.type))).toEqual(new Set(['polygon']));
    expect(h.regions).toHaveLength(3);
    h.key('Ctrl+Z');
    h.key('Ctrl+Z');
    expect(h.editor.document.data()).toEqual(start);
  });

  it('a polygon drawn over a selected mask adds to it or takes away; holes are filled by a key; J joins masks', () => {
    const h = new Headless({ regions: [box('b', 100, 100, 140, 140)] });
    h.editor.select(['b']);
    h.key('Shift+Y');
    h.editor.setOptions({ snap: false, combine: 'subtract' });
    h.editor.setTool('polygon');
    for (const [x, y] of [
      [110, 110],
      [130, 110],
      [130, 130],
      [110, 130],
    ] as const) {
      h.click(x, y);
    }
    h.key('Enter');
    expect(areas(h)).toEqual([1200]);
    h.key('Shift+J');
    expect(areas(h)).toEqual([1600]);
    h.editor.select([]);
    brush(h);
    h.click(120, 142);
    expect(areas(h)).toHaveLength(2);
    h.editor.selectAll();
    h.key('J');
    expect(areas(h)).toEqual([1670]);
  });
});
