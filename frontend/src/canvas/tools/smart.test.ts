// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ringsToSpans } from '../geometry/raster';
import { shapeOutline } from '../geometry/shape';
import { maskShape } from '../geometry/shapes/mask';
import type { Spans } from '../geometry/spans';
import { box, Headless, suggestion } from '../testing/headless';
import { DRAG_BEGINS_MS, DRAG_RESTS_MS } from './smart-early';
import { GLANCE_AFTER_MS } from './smart-glance';
import type { SmartAnswer, SmartProvider, SmartRequest } from './smart-provider';

const disk = (cx: number, cy: number, r: number): Spans =>
  ringsToSpans([
    Array.from({ length: 64 }, (_, k): [number, number] => {
      const turn = (k / 64) * 2 * Math.PI;
      return [cx + r * Math.cos(turn), cy + r * Math.sin(turn)];
    }),
  ]);

const candidate = (spans: Spans, score: number, given: unknown = null) => ({ spans, score, given });
const one = (r = 30): SmartAnswer => ({ candidates: [candidate(disk(100, 100, r), 0.8, `r${String(r)}`)] });
const three: SmartAnswer = {
  candidates: [30, 20, 40].map((r, k) => candidate(disk(100, 100, r), 0.9 - k / 10, `r${String(r)}`)),
};
const settle = (): Promise<void> => new Promise((resolve) => queueMicrotask(() => setTimeout(resolve)));

function smart(
  answer: (request: SmartRequest) => Promise<SmartAnswer>,
  h = new Headless(),
  more: Partial<SmartProvider> = {},
): { h: Headless; asked: SmartRequest[] } {
  const asked: SmartRequest[] = [];
  const ask = (request: SmartRequest): Promise<SmartAnswer> => {
    asked.push(request);
    return answer(request);
  };
  h.editor.setSmartProvider({ ask, spareMs: () => Infinity, ...more });
  h.editor.setTool('smart');
  return { h, asked };
}

const status = (h: Headless) => h.editor.getSnapshot().smart;
const previewed = (h: Headless) => h.editor.draft().shapes.find(({ style }) => style === 'smart')?.shape;

describe('prompts', () => {
  it('left click is in, right and Alt click are out; Enter keeps what they found', async () => {
    const { h, asked } = smart(() => Promise.resolve(one()));
    h.click(100, 100);
    expect(h.path).toBe('smart.waiting');
    await settle();
    expect(h.path).toBe('smart.preview');
    h.click(200, 200, { button: 2 });
    h.click(210, 200, { alt: true });
    await settle();
    expect(asked.at(-1)?.prompts).toEqual([
      { at: [100, 100], inside: true },
      { at: [200, 200], inside: false },
      { at: [210, 200], inside: false },
    ]);
    expect(asked.at(-1)?.view).toEqual({ x1: 0, y1: 0, x2: 400, y2: 300 });
    h.key('Enter');
    expect(h.regions).toMatchObject([{ shape: { type: 'polygon' }, labelId: 'person', source: 'person' }]);
    expect(h.path).toBe('smart.idle');
    const { undone } = h.undoRedo();
    expect(undone).toMatchObject({ regions: [] });
  });

  it('a correction hands back the chosen mask; a box alone and a first click hand back nothing', async () => {
    const { h, asked } = smart(() => Promise.resolve(three));
    h.drag([
      [60, 60],
      [140, 140],
    ]);
    await settle();
    expect(asked[0]).toMatchObject({ box: { x1: 60, y1: 60, x2: 140, y2: 140 }, prompts: [], memory: null });
    h.key('Tab');
    h.click(70, 70, { button: 2 });
    await settle();
    expect(asked[1]).toMatchObject({ box: { x1: 60 }, memory: { given: 'r20' } });
  });

  it('a second box begins anew and keeps the clicks it holds', async () => {
    const { h, asked } = smart(() => Promise.resolve(one()));
    h.click(100, 100);
    h.click(300, 20, { button: 2 });
    await settle();
    h.drag([
      [60, 60],
      [140, 140],
    ]);
    expect(asked.at(-1)).toMatchObject({ memory: null, prompts: [{ at: [100, 100] }] });
  });

  it.each(['Backspace', 'Ctrl+z'])(
    '%s takes the last one back, with what was found before it',
    async (key) => {
      const answers = [one(30), one(20)];
      const { h, asked } = smart(() => Promise.resolve(answers.shift() ?? one(10)));
      h.click(100, 100);
      await settle();
      const first = previewed(h);
      h.click(110, 100);
      await settle();
      expect(previewed(h)).not.toEqual(first);
      h.key(key);
      expect(previewed(h)).toEqual(first);
      expect(status(h)).toMatchObject({ state: 'preview', prompts: 1 });
      h.key(key);
      expect(h.path).toBe('smart.idle');
      expect(asked).toHaveLength(2);
      expect(h.key('Enter')).toBe(false);
    },
  );

  it('Esc aborts, and an answer that comes too late is not shown', async () => {
    const late: ((answer: SmartAnswer) => void)[] = [];
    const { h, asked } = smart(() => new Promise((resolve) => late.push(resolve)));
    h.click(30, 20);
    h.key('Escape');
    expect(asked[0]?.signal.aborted).toBe(true);
    late[0]?.(one());
    await settle();
    expect(h.path).toBe('smart.idle');
    expect(h.editor.draft().shapes).toEqual([]);
  });

  it('says so when it fails or finds nothing, and is off without a provider', async () => {
    const { h } = smart(() => Promise.reject(new Error('model is loading')));
    h.click(30, 20);
    await settle();
    expect(status(h)).toMatchObject({ state: 'failed', message: 'model is loading' });
    h.editor.setSmartProvider({ ask: () => Promise.resolve({ candidates: [] }), spareMs: () => Infinity });
    h.click(30, 20);
    await settle();
    expect(status(h).state).toBe('empty');
    h.editor.setSmartProvider(null);
    h.click(30, 20);
    expect(status(h)).toMatchObject({ state: 'unavailable', prompts: 0 });
  });

  it('a finger taps in, holds out', async () => {
    const { h, asked } = smart(() => Promise.resolve(one()));
    h.editor.touches([
      { do: 'pointer', type: 'down', at: h.editor.viewport && ({ x: 100, y: 100 } as never), alt: true },
      { do: 'pointer', type: 'up', at: { x: 100, y: 100 } as never, alt: true },
    ]);
    await settle();
    expect(asked[0]?.prompts).toEqual([{ at: [100, 100], inside: false }]);
    expect(h.editor.keepOutline()).toBe(true);
    expect(h.regions).toHaveLength(1);
  });
});

describe('the choice', () => {
  it.each([
    ['Tab', 'Shift+Tab'],
    ['.', ','],
  ])('%s goes on among the outlines, %s back, while there are several', async (next, before) => {
    const { h } = smart(() => Promise.resolve(three));
    expect(h.editor.handleKey({ key: '.' })).toBe(false);
    h.click(100, 100);
    await settle();
    const sizes = new Set<unknown>();
    for (let k = 0; k < 3; k += 1) {
      sizes.add(JSON.stringify(previewed(h)));
      h.key(next);
    }
    expect(sizes.size).toBe(3);
    expect(status(h)).toMatchObject({ chosen: 0, candidates: 3, score: 0.9 });
    h.key(before);
    expect(status(h)).toMatchObject({ chosen: 2 });
  });

  it('digits still pick labels', async () => {
    const { h } = smart(() => Promise.resolve(three));
    h.click(100, 100);
    await settle();
    h.key('2');
    expect(h.editor.getSnapshot().labelId).toBe('helmet');
    expect(status(h).state).toBe('preview');
  });
});

describe('what it becomes', () => {
  it('a polygon with fewer points the more it may stray, at once', async () => {
    const { h } = smart(() => Promise.resolve(one(60)));
    h.click(100, 100);
    await settle();
    const counts = [0.35, 1, 4].map((smartTolerancePx) => {
      h.editor.setOptions({ smartTolerancePx });
      return status(h).vertices ?? 0;
    });
    expect(counts[0]).toBeGreaterThan(counts[1] ?? 0);
    expect(counts[1]).toBeGreaterThan(counts[2] ?? 0);
    expect(counts[2]).toBeGreaterThanOrEqual(3);
  });

  it('the very pixels, as a mask', async () => {
    const { h } = smart(() => Promise.resolve(one()));
    h.editor.setOptions({ smartOutput: 'mask' });
    h.click(100, 100);
    await settle();
    h.key('Enter');
    expect(h.regions[0]?.shape).toEqual(maskShape(disk(100, 100, 30)));
  });

  it.each([
    ['spill', 'mask', 'polygon'],
    ['truck', 'mask', 'polygon'],
    ['crate', 'polygon', 'box'],
    ['crate', 'mask', 'box'],
  ] as const)('of %s, asked for a %s: what the label allows', async (label, smartOutput, type) => {
    const h = new Headless();
    const crate = { id: 'crate', name: 'crate', shapes: ['box'] };
    h.editor.setOntology({ labels: [...h.editor.ontology.labels, crate] });
    smart(() => Promise.resolve(one()), h);
    h.editor.setOptions({ smartOutput });
    h.editor.setLabel(label);
    h.click(100, 100);
    await settle();
    expect(status(h).shape).toBe(type);
    h.key('Enter');
    expect(h.regions).toMatchObject([{ labelId: label, shape: { type } }]);
  });
});

describe('outlining an object anew', () => {
  const drawn = box('old', 60, 60, 140, 140, {
    labelId: 'truck',
    attributes: { load: 'full' },
    shape: { type: 'polygon', points: [[60, 60], [140, 60], [100, 140]], holes: [] }, // prettier-ignore
  });

  it('starts from its pixels, and puts the new shape in its place as one step', async () => {
    const { h, asked } = smart(() => Promise.resolve(one()), new Headless({ regions: [drawn] }));
    h.editor.setTool('select');
    h.editor.select(['old']);
    h.key('Shift+W');
    expect(asked[0]).toMatchObject({ box: { x1: 60, y1: 60, x2: 140, y2: 140 } });
    expect(asked[0]?.memory).toEqual({ spans: ringsToSpans(shapeOutline(drawn.shape).rings) });
    await settle();
    expect(status(h)).toMatchObject({ isRefining: true, state: 'preview' });
    h.click(70, 135, { button: 2 });
    await settle();
    h.key('Enter');
    expect(h.regions).toMatchObject([
      { id: 'old', labelId: 'truck', attributes: { load: 'full' }, shape: { type: 'polygon' } },
    ]);
    expect(h.regions[0]?.shape).not.toEqual(drawn.shape);
    expect(h.editor.getSnapshot()).toMatchObject({ tool: 'select', selection: ['old'] });
    expect(h.undoRedo().undone).toMatchObject({ regions: [drawn] });
  });

  it('Esc leaves it as it was, and the select tool comes back', async () => {
    const { h } = smart(() => Promise.resolve(one()), new Headless({ regions: [drawn] }));
    h.editor.setTool('select');
    h.editor.select(['old']);
    h.key('Shift+W');
    await settle();
    h.key('Escape');
    expect(h.regions).toEqual([drawn]);
    expect(h.editor.getSnapshot()).toMatchObject({ tool: 'select', selection: ['old'] });
    expect(h.ops).toEqual([]);
  });

  it('wants one object with an area, and an assist', () => {
    const { h } = smart(
      () => Promise.resolve(one()),
      new Headless({ regions: [drawn, box('b', 0, 0, 9, 9)] }),
    );
    h.editor.select([]);
    h.key('Shift+W');
    expect(h.editor.getSnapshot().notice?.text).toMatch(/one object/);
    h.editor.setSmartProvider(null);
    h.editor.select(['old']);
    h.key('Shift+W');
    expect(h.editor.getSnapshot().notice?.text).toMatch(/not ready/);
  });
});

describe('suggestions', () => {
  const open = { suggestions: [suggestion('s', 0.9), suggestion('t', 0.5, 100, 100, 140, 140)] };

  it('Shift+W outlines the selected ones, Shift+V all', () => {
    const outlined: (readonly string[])[] = [];
    const { h } = smart(() => Promise.resolve(one()), new Headless(open), {
      outlineSuggestions: (ids) => outlined.push(ids),
    });
    h.editor.setTool('select');
    h.editor.select(['s']);
    h.key('Shift+W');
    h.key('Shift+V');
    expect(outlined).toEqual([['s'], []]);
  });

  it('everything is looked for in the drawn box, else in the picture', () => {
    const boxes: unknown[] = [];
    const { h } = smart(() => Promise.resolve(one()), new Headless(), {
      everything: (box) => boxes.push(box),
    });
    h.key('Shift+X');
    h.drag([
      [60, 60],
      [140, 140],
    ]);
    h.key('Shift+X');
    expect(boxes).toEqual([null, { x1: 60, y1: 60, x2: 140, y2: 140 }]);
    expect(h.path).toBe('smart.idle');
  });

  it('a new list replaces open ones and leaves decided ones', () => {
    const h = new Headless(open);
    h.editor.accept(['t']);
    h.editor.replaceSuggestions([suggestion('u', 0.7)]);
    const ids = [...h.editor.document.state.suggestions.keys()];
    expect(ids.sort()).toEqual(['t', 'u']);
    expect(h.editor.document.state.suggestions.get('t')?.status).toBe('accepted');
  });
});

describe('a glance', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const glimpse = (h: Headless) => h.editor.draft().shapes.some(({ style }) => style === 'glance');

  it('is taken where the pointer rests, and gone where it moves, presses or leaves', async () => {
    const { h, asked } = smart(() => Promise.resolve(one()), new Headless(), { spareMs: () => 60 });
    h.editor.pointer('move', 90, 90);
    await vi.advanceTimersByTimeAsync(GLANCE_AFTER_MS / 2);
    h.editor.pointer('move', 100, 100);
    await vi.advanceTimersByTimeAsync(GLANCE_AFTER_MS);
    expect(asked.map(({ prompts, isGlance }) => [prompts[0]?.at, isGlance])).toEqual([[[100, 100], true]]);
    expect(glimpse(h)).toBe(true);
    expect(h.path).toBe('smart.idle');
    h.editor.pointer('leave', 0, 0);
    expect(glimpse(h)).toBe(false);
    h.editor.pointer('move', 100, 102);
    h.editor.wheel(100, 102, -200);
    await vi.advanceTimersByTimeAsync(GLANCE_AFTER_MS);
    expect(asked).toHaveLength(1);
    h.editor.pointer('move', 100, 101);
    await vi.advanceTimersByTimeAsync(GLANCE_AFTER_MS);
    h.editor.pointer('down', 100, 101);
    expect(glimpse(h)).toBe(false);
  });

  it.each([
    ['where answers are dear', 300, true, 100],
    ['where the person wants none', 60, false, 100],
    ['beside the picture', 60, true, 900],
  ])('is not taken %s', async (_case, spareMs, smartGlances, x) => {
    const { h, asked } = smart(() => Promise.resolve(one()), new Headless(), { spareMs: () => spareMs });
    h.editor.setOptions({ smartGlances });
    h.editor.pointer('move', x, 100);
    await vi.advanceTimersByTimeAsync(GLANCE_AFTER_MS * 2);
    expect(asked).toEqual([]);
  });
});

describe('a press', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const near = (more: Partial<SmartProvider> = {}) =>
    smart(() => Promise.resolve(one()), new Headless(), { spareMs: () => 60, ...more });
  const told = (asked: SmartRequest[]) =>
    asked.map(({ prompts, isGlance, signal }) => [prompts.length, isGlance, signal.aborted]);

  it('asks as it begins what its click asks as it ends, a correction too', async () => {
    const { h, asked } = near();
    h.editor.pointer('down', 100, 100);
    expect(asked).toMatchObject([
      { prompts: [{ at: [100, 100], inside: true }], isGlance: true, memory: null },
    ]);
    expect(h.path).toBe('smart.pressed');
    h.editor.pointer('up', 101, 100);
    expect(told(asked)).toEqual([
      [1, true, false],
      [1, false, false],
    ]);
    await vi.advanceTimersByTimeAsync(1);
    h.editor.pointer('down', 130, 100, { button: 2 });
    h.editor.pointer('up', 130, 100, { button: 2 });
    const [early, late] = asked.slice(2);
    expect(late).toMatchObject({
      prompts: [{}, { at: [130, 100], inside: false }],
      memory: { given: 'r30' },
    });
    expect({ ...early, isGlance: false, signal: null }).toEqual({ ...late, signal: null });
  });

  it('asks for a box where its drag rests', async () => {
    const { h, asked } = near();
    h.editor.pointer('down', 60, 60);
    for (const x of [90, 120, 140]) {
      h.editor.pointer('move', x, 140);
      await vi.advanceTimersByTimeAsync(DRAG_RESTS_MS / 2);
    }
    expect(asked.map(({ box }) => box)).toEqual([null]);
    await vi.advanceTimersByTimeAsync(DRAG_RESTS_MS);
    h.editor.pointer('up', 140, 140);
    await vi.advanceTimersByTimeAsync(DRAG_RESTS_MS);
    const box = { x1: 60, y1: 60, x2: 140, y2: 140 };
    expect(asked.slice(1)).toMatchObject([
      { box, prompts: [], isGlance: true },
      { box, prompts: [], isGlance: false },
    ]);
  });

  it('wants nothing of a click where it becomes a drag, or is broken off', () => {
    const { h, asked } = near();
    h.editor.pointer('down', 100, 100);
    h.editor.pointer('move', 140, 140);
    expect(told(asked)).toEqual([[1, true, true]]);
    h.editor.pointer('up', 140, 140);
    expect(asked[1]).toMatchObject({ box: { x1: 100, x2: 140 }, isGlance: false });
    h.key('Escape');
    h.editor.pointer('down', 100, 100);
    h.key('Escape');
    expect(told(asked).at(-1)).toEqual([1, true, true]);
  });

  it('waits where answers take long until it is no drag, but not a right click', async () => {
    const { h, asked } = near({ spareMs: () => 250 });
    h.editor.pointer('down', 100, 100);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(DRAG_BEGINS_MS);
    expect(told(asked)).toEqual([[1, true, false]]);
    h.editor.pointer('up', 100, 100);
    await vi.advanceTimersByTimeAsync(1);
    h.editor.pointer('down', 130, 100, { button: 2 });
    expect(told(asked).at(-1)).toEqual([2, true, false]);
    h.editor.pointer('up', 130, 100, { button: 2 });
    await vi.advanceTimersByTimeAsync(1);
    h.editor.pointer('down', 90, 90);
    h.editor.pointer('up', 90, 90);
    await vi.advanceTimersByTimeAsync(2 * DRAG_BEGINS_MS);
    expect(told(asked).slice(-2)).toEqual([
      [2, false, false],
      [3, false, false],
    ]);
  });

  it('asks nothing early while an answer is out, or where answers are dear', async () => {
    const dear = near({ spareMs: () => Infinity });
    dear.h.editor.pointer('down', 100, 100);
    expect(dear.asked).toEqual([]);
    const slower = near({ spareMs: () => 250 });
    slower.h.editor.pointer('down', 100, 100);
    slower.h.editor.pointer('move', 140, 140);
    await vi.advanceTimersByTimeAsync(2 * DRAG_RESTS_MS);
    expect(told(slower.asked)).toEqual([]);
    const { h, asked } = smart(() => new Promise(() => undefined), new Headless(), { spareMs: () => 60 });
    h.click(100, 100);
    h.editor.pointer('down', 120, 100);
    expect(told(asked)).toEqual([
      [1, true, false],
      [1, false, false],
    ]);
  });
});
