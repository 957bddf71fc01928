import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Region } from '../document/model';
import { boxShape } from '../geometry/shapes/box';
import { box, Headless, suggestion } from '../testing/headless';
import { startBasePass } from './base-layer';
import { paintOverlay } from './overlay-layer';
import { inkOn, PALETTE } from './palette';

/** Records what a context was told; knows nothing of pixels. */
class FakeContext {
  readonly canvas = { width: 600, height: 450 };
  readonly calls: { name: string; args: unknown[] }[] = [];
  imageSmoothingEnabled = true;
  lineWidth = 1;
  dash: number[] = [];

  static make(): { fake: FakeContext; ctx: CanvasRenderingContext2D } {
    const fake = new FakeContext();
    const ctx = new Proxy(fake, {
      get(target, name: string) {
        if (name === 'measureText') return (text: string) => ({ width: text.length * 6 });
        if (name in target) return Reflect.get(target, name) as unknown;
        return (...args: unknown[]) => {
          if (name === 'setLineDash') target.dash = args[0] as number[];
          target.calls.push({ name, args: name === 'stroke' ? [...args, [...target.dash]] : args });
        };
      },
    });
    return { fake, ctx: ctx as unknown as CanvasRenderingContext2D };
  }

  count(name: string): number {
    return this.calls.filter((call) => call.name === name).length;
  }
}

class FakePath {
  moveTo(): void {}
  lineTo(): void {}
  closePath(): void {}
}

beforeEach(() => vi.stubGlobal('Path2D', FakePath));
afterEach(() => vi.unstubAllGlobals());

function grid(side: number): Region[] {
  return Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) * 40, Math.floor(i / side) * 40];
    return box(`r${String(i)}`, 0, 0, 0, 0, {
      shape: boxShape({ x1: x, y1: y, x2: x + 20, y2: y + 20 }),
      zIndex: i,
    });
  });
}

function drawBase(h: Headless): { fake: FakeContext; slices: number } {
  const { fake, ctx } = FakeContext.make();
  const pass = startBasePass(ctx, h.editor, 1);
  let slices = 1;
  while (!pass.steps.next().done) slices += 1;
  return { fake, slices };
}

describe('base layer', () => {
  it('draws only what the padded view shows', () => {
    const h = new Headless({ regions: grid(100) });
    h.editor.setImage(null, 4000, 4000);
    h.editor.viewport = { scale: 1, x: -1000, y: -1000, width: 400, height: 300 };
    // Padded by a quarter on each side: 600 × 450 pixels, a shape every 40.
    const { fake } = drawBase(h);
    expect(fake.count('fill')).toBeGreaterThan(130);
    expect(fake.count('fill')).toBeLessThan(420);
  });

  it('is cut into slices where there is much to draw', () => {
    const h = new Headless({ regions: grid(40) });
    h.editor.setImage(null, 1600, 1600);
    h.editor.viewport = { scale: 0.2, x: 0, y: 0, width: 400, height: 300 };
    expect(drawBase(h).slices).toBeGreaterThan(10);
  });

  it('leaves the selection to the top layer', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50)] });
    h.editor.setDisplay({ chips: 'none' });
    expect(drawBase(h).fake.count('fill')).toBe(1);
    h.editor.select(['a']);
    expect(drawBase(h).fake.count('fill')).toBe(0);
  });

  it('dashes suggestions and no region', () => {
    const dashed = (h: Headless): number =>
      drawBase(h).fake.calls.filter((call) => call.name === 'stroke' && (call.args.at(-1) as number[]).length)
        .length;
    expect(dashed(new Headless({ regions: [box('a', 10, 10, 50, 50)] }))).toBe(0);
    // The shape and its name tag.
    expect(dashed(new Headless({ suggestions: [suggestion('s', 0.9)] }))).toBe(2);
  });

  it('draws pixels as squares from 400 % on, and only the part of the picture in view', () => {
    const h = new Headless();
    const picture = Object.assign(document.createElement('canvas'), { width: 4000, height: 4000 });
    h.editor.setImage(picture, 4000, 4000);
    h.editor.viewport = { scale: 4, x: -4000, y: -4000, width: 400, height: 300 };
    const { fake } = drawBase(h);
    expect(fake.imageSmoothingEnabled).toBe(false);
    const drawn = fake.calls.find((call) => call.name === 'drawImage');
    expect(drawn?.args.slice(1, 5)).toEqual([975, 981, 150, 113]);
    h.editor.viewport = { ...h.editor.viewport, scale: 3.9 };
    expect(drawBase(h).fake.imageSmoothingEnabled).toBe(true);
  });

  it('puts no name over another', () => {
    const stack = Array.from({ length: 20 }, (_, i) => box(`s${String(i)}`, 50, 50, 120, 120));
    expect(drawBase(new Headless({ regions: stack })).fake.count('fillText')).toBe(2);
  });
});

describe('top layer', () => {
  it('draws the selection with handles, and what the layer below still leaves out', () => {
    const h = new Headless({ regions: [box('a', 10, 10, 90, 90), box('b', 100, 100, 150, 150)] });
    h.editor.select(['a']);
    const { fake, ctx } = FakeContext.make();
    paintOverlay(ctx, h.editor, 1, new Set(['b']));
    expect(fake.count('arc')).toBe(1);
    expect(fake.count('roundRect')).toBe(8 + 1);
    expect(fake.count('fillText')).toBe(1);
    const shapes = fake.calls.filter((call) => call.name === 'fill' && call.args[1] === 'evenodd');
    expect(shapes).toHaveLength(2);
  });

  it('shows a crosshair for drawing tools only while the pointer is there', () => {
    const h = new Headless();
    h.editor.setTool('box');
    h.editor.pointer('move', 50, 60);
    const over = FakeContext.make();
    paintOverlay(over.ctx, h.editor, 1, new Set());
    expect(over.fake.calls.filter((c) => c.name === 'moveTo').map((c) => c.args)).toEqual([
      [0, 60.5],
      [50.5, 0],
    ]);
    h.editor.pointer('leave', 0, 0);
    const away = FakeContext.make();
    paintOverlay(away.ctx, h.editor, 1, new Set());
    expect(away.fake.count('moveTo')).toBe(0);
  });
});

describe('renderer', () => {
  it('moves the drawn layer by a transform in a gesture and draws anew when the view rests', () => {
    const frames: FrameRequestCallback[] = [];
    let now = 0;
    vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback));
    vi.stubGlobal('cancelAnimationFrame', () => undefined);
    const contexts: FakeContext[] = [];
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(() => {
      const { fake, ctx } = FakeContext.make();
      contexts.push(fake);
      return ctx as never;
    });
    const turn = (ms: number): void => {
      now += ms;
      for (const callback of frames.splice(0)) callback(now);
    };
    const h = new Headless({ regions: grid(3) });
    const container = document.createElement('div');
    const dispose = h.editor.attach(container, { keys: 'none' });
    turn(16);
    const drawnShapes = (): number => (contexts[0]?.count('fill') ?? 0) + (contexts[1]?.count('fill') ?? 0);
    const first = drawnShapes();
    expect(first).toBeGreaterThan(0);
    const front = [...container.children].find(
      (c) => (c as HTMLElement).style.visibility === 'visible',
    ) as HTMLElement;
    h.editor.panBy(30, 0);
    turn(16);
    h.editor.wheel(0, 0, -100);
    turn(16);
    expect(drawnShapes()).toBe(first);
    expect(front.style.transform).toMatch(/^translate\(.*scale\(1\.17/);
    // A redraw is spread over a few frames.
    turn(100);
    for (let frame = 0; frame < 7; frame += 1) turn(16);
    expect(drawnShapes()).toBeGreaterThan(first);
    dispose();
    expect(container.children).toHaveLength(0);
  });

  it('shows a selection at once on the layer on top, and draws the one below from the next frame on', () => {
    const frames: FrameRequestCallback[] = [];
    vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback));
    vi.stubGlobal('cancelAnimationFrame', () => undefined);
    const contexts: FakeContext[] = [];
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(() => {
      const { fake, ctx } = FakeContext.make();
      contexts.push(fake);
      return ctx as never;
    });
    let now = 0;
    const turn = (): void => {
      now += 16;
      for (const callback of frames.splice(0)) callback(now);
    };
    const h = new Headless({ regions: grid(3) });
    h.editor.attach(document.createElement('div'), { keys: 'none' });
    turn();
    const cleared = (): number[] => contexts.map((each) => each.count('clearRect'));
    const filled = (): number => contexts[2]?.count('fill') ?? 0;
    const [before, shapes] = [cleared(), filled()];
    h.editor.select(['r4']);
    turn();
    expect(filled()).toBeGreaterThan(shapes);
    expect(cleared().slice(0, 2), 'nothing else in this frame').toEqual(before.slice(0, 2));
    turn();
    expect(cleared().slice(0, 2)).not.toEqual(before.slice(0, 2));
  });
});

describe('palette', () => {
  it('has inks that read on every colour', () => {
    for (const color of PALETTE) expect(inkOn(color)).toBe('#0b0e12');
    expect(inkOn('#123456')).toBe('#ffffff');
  });
});
