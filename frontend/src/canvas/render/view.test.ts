// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { screenPoint } from '../geometry/points';
import { Headless } from '../testing/headless';
import { pictureFilter } from './adjust';
import { minimapOf, viewFrom } from './minimap';
import { rulerStep } from './rulers';
import { PLAIN_DISPLAY } from './scene';

describe('the picture', () => {
  it.each([
    [{}, 'none'],
    [{ brightness: 1.5 }, 'brightness(1.5)'],
    [{ channel: 'red', contrast: 0.8 }, 'url(#siteloop-channel-red) contrast(0.8)'],
  ] as const)('is filtered as the display says: %o', (change, filter) => {
    expect(pictureFilter({ ...PLAIN_DISPLAY, ...change })).toBe(filter);
  });
});

describe('rulers', () => {
  it.each([
    [1, 100],
    [0.1, 1000],
    [4, 20],
    [32, 2],
    [64, 1],
  ])('at %f screen pixels a pixel count by %i', (scale, step) => {
    expect(rulerStep(scale)).toBe(step);
  });
});

describe('minimap', () => {
  const size = { width: 4000, height: 2000 };
  const view = { scale: 1, x: -1000, y: -500, width: 800, height: 600 };

  it('is there only where not all of the picture is in view, and where there is room', () => {
    expect(minimapOf({ ...view, scale: 0.1, x: 10, y: 10 }, size)).toBeNull();
    expect(minimapOf({ ...view, width: 400, height: 300 }, size)).toBeNull();
    expect(minimapOf(view, size)?.frame).toEqual({ x1: 620, y1: 504, x2: 788, y2: 588 });
  });

  it('brings what is pressed to the middle, and keeps the press from the tool', () => {
    const map = minimapOf(view, size);
    if (!map) throw new Error('there is one');
    const there = viewFrom(map, view, size, screenPoint(704, 546));
    expect([there.x, there.y].map(Math.round)).toEqual([-1600, -700]);
    const h = new Headless();
    h.editor.setImage(null, 4000, 2000);
    h.editor.viewport = view;
    h.editor.setTool('box');
    h.drag([
      [704, 546],
      [720, 560],
    ]);
    expect(h.regions).toEqual([]);
    expect(h.path).toBe('box.idle');
    expect(h.editor.viewport.x).toBeLessThan(-1600);
    h.drag([
      [100, 100],
      [200, 200],
    ]);
    expect(h.regions).toHaveLength(1);
  });
});
