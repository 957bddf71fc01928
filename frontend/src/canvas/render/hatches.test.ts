import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Region } from '../document/model';
import { shapeFromWire } from '../geometry/shape';
import { box, Headless, suggestion } from '../testing/headless';
import { startBasePass } from './base-layer';
import { HATCH_COUNT, OVERLAPS_MAX, overlapsOf } from './hatches';

/** What is drawn with a pattern, and how often something is clipped to a shape. */
function drawn(h: Headless): { clips: number; patterns: number } {
  const found = { clips: 0, patterns: 0 };
  let style: unknown = null;
  const ctx = new Proxy({} as Record<string, unknown>, {
    set: (_, name, value) => {
      if (name === 'fillStyle') style = value;
      return true;
    },
    get: (_, name) => {
      if (name === 'canvas') return { width: 600, height: 450 };
      if (name === 'measureText') return () => ({ width: 10 });
      if (name === 'createPattern') return () => ({ setTransform: () => undefined });
      return (...args: unknown[]) => {
        if (name === 'clip' && args[1] === 'evenodd') found.clips += 1;
        if (name === 'fill' && typeof style === 'object') found.patterns += 1;
      };
    },
  });
  const pass = startBasePass(ctx as unknown as CanvasRenderingContext2D, h.editor, 1);
  while (!pass.steps.next().done);
  return found;
}

const helmet = (id: string, x1: number, y1: number, x2: number, y2: number): Region => ({
  ...box(id, x1, y1, x2, y2),
  labelId: 'helmet',
});

beforeEach(() => {
  const pen = new Proxy({}, { get: () => () => undefined, set: () => true });
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => pen;
    },
  );
  vi.stubGlobal('DOMMatrix', Object);
  vi.stubGlobal(
    'Path2D',
    class {
      moveTo(): void {}
      lineTo(): void {}
      closePath(): void {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

describe('hatches', () => {
  it.each<[string, Region[], number]>([
    ['two labels over each other', [box('a', 10, 10, 90, 90), helmet('b', 50, 50, 120, 120)], 1],
    ['one label over itself', [box('a', 10, 10, 90, 90), box('b', 50, 50, 120, 120)], 0],
    ['two labels side by side', [box('a', 10, 10, 50, 50), helmet('b', 50, 10, 90, 50)], 0],
    [
      'a label over two of another',
      [box('a', 10, 10, 90, 90), box('b', 60, 10, 150, 90), helmet('c', 70, 20, 80, 30)],
      2,
    ],
  ])('tell apart %s', (_, regions, overlaps) => {
    const h = new Headless({ regions });
    expect(drawn(h)).toEqual({ clips: overlaps, patterns: 2 * overlaps });
  });

  it('leave out what has no fill: lines, suggestions, and everything where fills are put off', () => {
    const line = {
      ...helmet('l', 0, 0, 0, 0),
      shape: shapeFromWire('polyline', {
        points: [
          [20, 20],
          [80, 80],
        ],
      })!,
    };
    expect(drawn(new Headless({ regions: [box('a', 10, 10, 90, 90), line] })).clips).toBe(0);
    const guessed = new Headless({
      regions: [box('a', 0, 0, 400, 300)],
      suggestions: [suggestion('s', 0.9)],
    });
    expect(drawn(guessed).clips).toBe(0);
    const bare = new Headless({ regions: [box('a', 10, 10, 90, 90), helmet('b', 50, 50, 120, 120)] });
    bare.editor.setDisplay({ fill: 0 });
    expect(drawn(bare).clips).toBe(0);
  });

  it('give way where there would be too many', () => {
    const many = (count: number): number => {
      const piles = Array.from({ length: count }, (_, i) => helmet(`h${String(i)}`, 20, 20, 40, 40));
      const h = new Headless({ regions: [box('a', 10, 10, 90, 90), ...piles] });
      return overlapsOf(h.editor.itemSet.all).length;
    };
    expect(many(OVERLAPS_MAX)).toBe(OVERLAPS_MAX);
    expect(many(OVERLAPS_MAX + 1)).toBe(0);
  });

  it('differ between labels next to each other', () => {
    const h = new Headless();
    const [one, other] = ['person', 'helmet'].map((id) => h.editor.styleOf(id).hatch % HATCH_COUNT);
    expect(one).not.toBe(other);
  });
});
