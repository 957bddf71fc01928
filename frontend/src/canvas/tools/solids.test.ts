// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { CuboidShape } from '../geometry/shapes/cuboid';
import type { EllipseShape } from '../geometry/shapes/ellipse';
import { ellipseShape } from '../geometry/shapes/ellipse';
import type { SkeletonShape } from '../geometry/shapes/skeleton';
import { box, Headless } from '../testing/headless';
import type { ToolName } from './tool';

function under(tool: ToolName, document = {}): Headless {
  const h = new Headless(document);
  h.editor.setOptions({ snap: false });
  h.editor.setTool(tool);
  return h;
}

describe('ellipse', () => {
  it('is drawn inside a dragged box; Shift makes a circle', () => {
    const h = under('ellipse');
    h.begin([
      [100, 100],
      [160, 140],
    ]);
    expect(h.path).toBe('ellipse.dragging');
    h.editor.pointer('up', 160, 140);
    expect(h.regions[0]?.shape).toEqual(ellipseShape([130, 120], [30, 20]));
    h.drag(
      [
        [200, 100],
        [260, 120],
      ],
      { shift: true },
    );
    expect(h.regions[1]?.shape).toMatchObject({ rx: 30, ry: 30 });
  });

  it('Esc drops it', () => {
    const h = under('ellipse');
    h.begin([
      [100, 100],
      [160, 140],
    ]);
    h.key('Escape');
    h.editor.pointer('up', 160, 140);
    expect([h.path, h.ops]).toEqual(['ellipse.idle', []]);
  });

  it('is turned by its stem and stretched by its grips', () => {
    const shape = ellipseShape([200, 150], [60, 30]);
    const h = under('select', { regions: [box('e', 0, 0, 0, 0, { shape })] });
    h.editor.select(['e']);
    h.drag([
      [260, 150],
      [280, 150],
    ]);
    expect(h.regions[0]?.shape).toMatchObject({ cx: 210, rx: 70, ry: 30 });
    h.drag([
      [210, 96],
      [300, 150],
    ]);
    expect((h.regions[0]?.shape as EllipseShape).rotation).toBeCloseTo(90);
  });
});

describe('cuboid', () => {
  function drawn(): Headless {
    const h = under('cuboid');
    h.drag([
      [100, 100],
      [160, 160],
    ]);
    return h;
  }

  it('is drawn by its front face, then the back’s place', () => {
    const h = drawn();
    expect(h.path).toBe('cuboid.depth');
    expect(h.ops).toEqual([]);
    h.editor.pointer('move', 170, 110);
    h.click(170, 110);
    const { front, back } = h.regions[0]?.shape as CuboidShape;
    expect(front[0]).toEqual([100, 100]);
    expect(back[0]).toEqual([140, 80]);
    expect(h.path).toBe('cuboid.idle');
    const end = h.editor.document.data();
    expect(h.undoRedo()).toMatchObject({ undone: { regions: [] }, redone: end });
  });

  it('Enter takes the back as it is shown; Esc drops all of it', () => {
    const h = drawn();
    h.key('Escape');
    expect([h.path, h.ops]).toEqual(['cuboid.idle', []]);
    h.drag([
      [100, 100],
      [160, 160],
    ]);
    h.key('Enter');
    expect(h.regions).toHaveLength(1);
  });

  it('its corners and its far face are dragged, an upright face staying upright', () => {
    const h = drawn();
    h.click(170, 110);
    h.editor.setTool('select');
    h.drag([
      [100, 100],
      [90, 95],
    ]);
    const { front } = h.regions[0]?.shape as CuboidShape;
    expect(front).toEqual([
      [90, 95],
      [160, 95],
      [160, 160],
      [90, 160],
    ]);
    h.drag([
      [170, 110],
      [180, 120],
    ]);
    expect((h.regions[0]?.shape as CuboidShape).back[0]).toEqual([150, 90]);
    h.key('Ctrl+z');
    h.key('Ctrl+z');
    expect((h.regions[0]?.shape as CuboidShape).front[0]).toEqual([100, 100]);
  });
});

describe('skeleton', () => {
  function drawn(): Headless {
    const h = under('skeleton');
    h.editor.setLabel('worker');
    h.drag([
      [100, 100],
      [160, 200],
    ]);
    return h;
  }
  const at = (h: Headless, index: number) => (h.regions[0]?.shape as SkeletonShape).keypoints[index];

  it('is the label’s template laid into the box', () => {
    const h = drawn();
    expect(h.regions[0]?.labelId).toBe('worker');
    expect([0, 1, 2, 3].map((index) => at(h, index))).toEqual([
      { x: 130, y: 100, v: 2 },
      { x: 100, y: 150, v: 2 },
      { x: 160, y: 150, v: 2 },
      { x: 130, y: 200, v: 2 },
    ]);
  });

  it('takes the label that has a template where the current one has none', () => {
    const h = under('skeleton');
    h.drag([
      [100, 100],
      [160, 200],
    ]);
    expect(h.regions[0]?.labelId).toBe('worker');
  });

  it('cannot be drawn where no label has one', () => {
    const h = under('skeleton');
    h.editor.setOntology({ labels: [{ id: 'person', name: 'person' }] });
    h.drag([
      [100, 100],
      [160, 200],
    ]);
    expect(h.ops).toEqual([]);
  });

  it('keypoints are dragged; Alt-click goes round visible, covered, absent', () => {
    const h = drawn();
    h.editor.setTool('select');
    h.drag([
      [160, 150],
      [190, 130],
    ]);
    expect(at(h, 2)).toEqual({ x: 190, y: 130, v: 2 });
    const seen = [1, 2, 3].map(() => {
      h.click(190, 130, { alt: true });
      return at(h, 2)?.v;
    });
    expect(seen).toEqual([1, 0, 2]);
    h.key('Ctrl+z');
    expect(at(h, 2)?.v).toBe(0);
  });

  it('an absent keypoint whose place nobody knows waits on the lower edge and is dragged from there', () => {
    const keypoints = [
      { x: 100, y: 100, v: 2 },
      { x: 0, y: 0, v: 0 },
      { x: 200, y: 180, v: 2 },
    ] as const;
    const h = under('select', {
      regions: [box('s', 0, 0, 0, 0, { shape: { type: 'skeleton', keypoints } })],
    });
    h.editor.select(['s']);
    h.drag([
      [150, 180],
      [160, 150],
    ]);
    expect(at(h, 1)).toEqual({ x: 160, y: 150, v: 2 });
  });
});
