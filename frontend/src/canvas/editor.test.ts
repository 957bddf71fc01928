import { describe, expect, it, vi } from 'vitest';

import type { Track } from './document/model';
import { trackSpans } from './document/tracks';
import { boxShape } from './geometry/shapes/box';
import { KeyClashError } from './keymap';
import { box, Headless, suggestion } from './testing/headless';

const two = { regions: [box('a', 10, 10, 50, 50), box('b', 100, 100, 150, 150, { zIndex: 1 })] };

describe('snapshot', () => {
  it('is the same object until something changes, then a new one', () => {
    const h = new Headless(two);
    const first = h.editor.getSnapshot();
    expect(h.editor.getSnapshot()).toBe(first);
    const heard = vi.fn();
    const stop = h.editor.subscribe(heard);
    h.editor.select(['a']);
    expect(heard).toHaveBeenCalled();
    expect(h.editor.getSnapshot()).not.toBe(first);
    stop();
    h.editor.select([]);
    expect(h.editor.getSnapshot()).toMatchObject({ tool: 'select', canUndo: false, selection: [] });
  });

  it('stays the same while the pointer moves or the picture is panned', () => {
    const h = new Headless(two);
    const first = h.editor.getSnapshot();
    h.editor.pointer('move', 30, 30);
    h.editor.panBy(5, 5);
    expect(h.editor.hovered).toBe('a');
    expect(h.editor.getSnapshot()).toBe(first);
  });

  it('counts what there is', () => {
    const h = new Headless({ ...two, suggestions: [suggestion('s', 0.9), suggestion('t', 0.2)] });
    h.editor.setThreshold(0.5);
    expect(h.editor.getSnapshot().counts).toMatchObject({
      regions: 2,
      suggestionsOpen: 2,
      suggestionsShown: 1,
    });
  });
});

describe('resizing by keys', () => {
  it('Alt with arrows makes the selection wider and taller, in one step of history, but nothing locked', () => {
    const h = new Headless(two);
    h.editor.select(['a']);
    h.key('Alt+ArrowRight');
    h.key('Alt+Shift+ArrowRight');
    h.key('Alt+Shift+ArrowUp');
    expect(h.editor.document.state.regions.get('a')?.shape).toMatchObject({ x1: 10, y1: 10, x2: 61, y2: 40 });
    h.key('Ctrl+z');
    expect(h.regions).toEqual(two.regions);
    h.editor.setFlagsOf(['a'], { locked: true });
    expect(h.key('Alt+ArrowRight')).toBe(false);
  });
});

describe('pointing', () => {
  it('means the helmet on a skeleton, and the skeleton where a keypoint is', () => {
    const keypoints = [
      { x: 50, y: 50, v: 2 },
      { x: 150, y: 250, v: 2 },
    ] as const;
    const body = box('body', 0, 0, 0, 0, { shape: { type: 'skeleton', keypoints } });
    const h = new Headless({ regions: [body, box('helmet', 40, 40, 120, 90)] });
    h.click(80, 70);
    expect(h.editor.selection).toEqual(['helmet']);
    h.click(51, 51);
    expect(h.editor.selection).toEqual(['body']);
    h.editor.select([]);
    h.click(80, 200);
    expect(h.editor.selection).toEqual(['body']);
  });
});

describe('keys', () => {
  it('Tab goes round, Esc deselects, and then means nothing', () => {
    const h = new Headless(two);
    h.key('Tab');
    expect(h.editor.selection).toEqual(['a']);
    h.key('Tab');
    expect(h.editor.selection).toEqual(['b']);
    h.key('Tab');
    expect(h.editor.selection).toEqual(['a']);
    h.key('Shift+Tab');
    expect(h.editor.selection).toEqual(['b']);
    expect(h.key('Escape')).toBe(true);
    expect(h.key('Escape')).toBe(false);
  });

  it('digits relabel the selection under select, and set the next label when drawing', () => {
    const h = new Headless(two);
    h.editor.select(['a']);
    h.key('2');
    expect(h.editor.document.state.regions.get('a')?.labelId).toBe('helmet');
    h.editor.setTool('box');
    h.key('1');
    expect(h.editor.document.state.regions.get('a')?.labelId).toBe('helmet');
    expect(h.editor.getSnapshot().labelId).toBe('person');
  });

  it('does not give a box a label that only polygons may carry', () => {
    const h = new Headless(two);
    h.editor.select(['a']);
    h.key('3');
    expect(h.editor.document.state.regions.get('a')?.labelId).toBe('person');
  });

  it('a digit of a tag label tags the picture, and again takes it off', () => {
    const h = new Headless();
    h.key('4');
    expect(h.editor.document.data().tags).toMatchObject([{ labelId: 'night' }]);
    h.key('4');
    expect(h.editor.document.data().tags).toEqual([]);
  });

  it('arrows nudge, stop at the edge, and undo as one', () => {
    const h = new Headless(two);
    expect(h.key('ArrowLeft')).toBe(false);
    h.editor.select(['a']);
    h.key('ArrowRight');
    h.key('Shift+ArrowDown');
    expect(h.editor.document.state.regions.get('a')?.shape).toMatchObject({ x1: 11, y1: 20 });
    for (let i = 0; i < 3; i += 1) h.key('Shift+ArrowLeft');
    expect(h.editor.document.state.regions.get('a')?.shape).toMatchObject({ x1: 0 });
    h.key('Ctrl+z');
    expect(h.regions).toEqual(two.regions);
  });

  it('copies to this picture beside the first, to another in place', () => {
    const h = new Headless(two);
    h.editor.select(['a']);
    h.key('Ctrl+c');
    h.key('Ctrl+v');
    expect(h.regions).toHaveLength(3);
    expect(h.regions.find((r) => h.editor.selection.includes(r.id))?.shape).toMatchObject({ x1: 22, y1: 22 });
    h.key('Ctrl+v');
    expect(h.regions.find((r) => h.editor.selection.includes(r.id))?.shape).toMatchObject({ x1: 34, y1: 34 });
    const other = new Headless();
    other.key('Ctrl+v');
    expect(other.regions).toMatchObject([{ labelId: 'person', shape: { x1: 34, y1: 34 } }]);
    expect(other.regions[0]?.id).not.toBe('a');
  });

  it('hides, shows, locks, deletes', () => {
    const h = new Headless(two);
    h.editor.select(['a']);
    h.key('h');
    expect(h.editor.itemSet.all.map((item) => item.id)).toEqual(['b']);
    h.key('Shift+h');
    expect(h.editor.itemSet.all).toHaveLength(2);
    h.editor.select(['b']);
    h.key('l');
    h.key('Delete');
    expect(h.regions).toHaveLength(2);
    h.key('l');
    h.key('Delete');
    expect(h.regions.map((r) => r.id)).toEqual(['a']);
    expect(h.editor.selection).toEqual([]);
  });

  it('N draws again with the tool last drawn with', () => {
    const h = new Headless();
    h.editor.setTool('polygon');
    h.editor.setTool('select');
    h.key('n');
    expect(h.editor.getSnapshot().tool).toBe('polygon');
  });

  it('holding space or the middle button moves the picture, in video space is left to the player', () => {
    const h = new Headless(two);
    h.key(' ');
    h.drag([
      [30, 30],
      [50, 45],
    ]);
    h.editor.handleKeyUp({ key: ' ' });
    expect([h.editor.viewport.x, h.editor.viewport.y]).toEqual([20, 15]);
    h.drag(
      [
        [30, 30],
        [20, 30],
      ],
      { button: 1 },
    );
    expect(h.editor.viewport.x).toBe(10);
    expect(h.ops).toEqual([]);
    h.editor.setFrame(0);
    expect(h.key(' ')).toBe(false);
  });

  it('leaves keys alone that mean nothing here', () => {
    const h = new Headless(two);
    expect(h.key('f')).toBe(false);
    expect(h.key('Ctrl+Enter')).toBe(false);
    expect(h.key('?')).toBe(false);
  });

  it('can be changed, but not to clash', () => {
    const h = new Headless(two);
    expect(() => h.editor.setKeys({ hide: ['L'] })).toThrow(KeyClashError);
    h.editor.setKeys({ hide: ['Z'] });
    h.editor.select(['a']);
    h.key('z');
    expect(h.editor.itemSet.all).toHaveLength(1);
  });
});

describe('suggestions', () => {
  const three = {
    suggestions: [suggestion('s1', 0.9), suggestion('s2', 0.6, 100, 100, 140, 140), suggestion('s3', 0.2)],
  };

  it('A and R walk through them from the surest down', () => {
    const h = new Headless(three);
    h.key('a');
    expect(h.editor.selection).toEqual(['s1']);
    expect(h.regions).toEqual([]);
    h.key('a');
    expect(h.editor.selection).toEqual(['s2']);
    h.key('r');
    expect(h.editor.selection).toEqual(['s3']);
    expect(h.regions).toMatchObject([{ suggestionId: 's1', source: 'model' }]);
    expect(h.ops.map((op) => op.op)).toEqual(['put', 'decide', 'decide']);
    h.key('Ctrl+z');
    h.key('Ctrl+z');
    expect(h.editor.document.data()).toMatchObject({ regions: [], suggestions: three.suggestions });
  });

  it('E takes one over with its handles out', () => {
    const h = new Headless(three);
    h.editor.select(['s2']);
    h.key('e');
    expect(h.editor.selectedItems()).toMatchObject([{ kind: 'region' }]);
    expect(h.editor.document.state.suggestions.get('s2')?.status).toBe('fixed');
  });

  it('Shift+A accepts all above the slider in one step', () => {
    const h = new Headless(three);
    h.editor.setThreshold(0.5);
    h.key('Shift+a');
    expect(h.regions).toHaveLength(2);
    h.key('Ctrl+z');
    expect(h.regions).toHaveLength(0);
  });

  it('below the slider they are neither drawn nor hit', () => {
    const h = new Headless({ suggestions: [suggestion('s', 0.3)] });
    h.editor.setThreshold(0.5);
    h.click(40, 40);
    expect(h.editor.selection).toEqual([]);
  });
});

describe('video', () => {
  it('boxes start tracks, moving one states a keyframe, O ends it', () => {
    const h = new Headless();
    h.editor.setFrame(0);
    h.editor.setTool('box');
    h.drag([
      [10, 10],
      [30, 30],
    ]);
    h.editor.setTool('select');
    h.editor.setFrame(10);
    h.drag([
      [20, 20],
      [120, 20],
    ]);
    h.editor.setFrame(5);
    expect(h.editor.itemSet.all).toMatchObject([{ kind: 'track', shape: { x1: 60, y1: 10 } }]);
    h.editor.setFrame(12);
    h.key('o');
    expect(h.editor.itemSet.all).toEqual([]);
    h.key('o');
    expect(h.editor.itemSet.all).toHaveLength(1);
    h.key('q');
    expect(h.editor.document.data().tracks[0]?.keyframes.at(-1)).toMatchObject({ frame: 12, occluded: true });
    h.key('k');
    expect(h.editor.document.data().tracks[0]?.keyframes.map((k) => k.frame)).toEqual([0, 10]);
    for (let i = 0; i < 6; i += 1) h.key('Ctrl+z');
    expect(h.editor.document.data().tracks).toEqual([]);
  });

  it('cuts a track in two at the frame shown, joins them again, and says why it cannot', () => {
    const keyframes = [0, 20].map((frame) => ({
      frame,
      shape: boxShape({ x1: frame, y1: 0, x2: frame + 10, y2: 10 }),
      outside: false,
      occluded: false,
    }));
    const track: Track = {
      id: 't',
      labelId: 'truck',
      attributes: {},
      source: 'person',
      suggestionId: null,
      hidden: false,
      locked: false,
      keyframes,
    };
    const h = new Headless({ tracks: [track] });
    const spans = () =>
      h.editor.document
        .data()
        .tracks.map(trackSpans)
        .sort((a, b) => (a[0]?.from ?? 0) - (b[0]?.from ?? 0));
    h.editor.setFrame(0);
    h.editor.select(['t']);
    h.key('Shift+Z');
    expect(h.editor.getSnapshot().notice?.text).toContain('after its first keyframe');
    h.key('j');
    expect(h.editor.getSnapshot().notice?.text).toContain('two tracks');
    h.editor.setFrame(10);
    h.key('Shift+Z');
    expect(spans()).toEqual([[{ from: 0, to: 10 }], [{ from: 10, to: null }]]);
    const [second] = h.editor.selection;
    expect(second).not.toBe('t');
    h.editor.select([second ?? '', 't']);
    h.key('j');
    expect(spans()).toEqual([[{ from: 0, to: null }]]);
    expect(h.editor.selection).toEqual(['t']);
    h.key('Ctrl+z');
    h.key('Ctrl+z');
    expect(h.editor.document.data().tracks).toMatchObject([{ id: 't', keyframes }]);
  });
});

describe('hosting', () => {
  it('zooms at the cursor by wheel', () => {
    const h = new Headless(two);
    h.editor.wheel(100, 100, -300);
    const { scale, x, y } = h.editor.viewport;
    expect(scale).toBeGreaterThan(1.5);
    expect([100 * scale + x, 100 * scale + y].map(Math.round)).toEqual([100, 100]);
  });

  it('loads the next document without a word to autosave', () => {
    const h = new Headless(two);
    h.editor.select(['a']);
    h.key('Delete');
    h.ops.length = 0;
    h.editor.loadDocument({ regions: [box('z', 0, 0, 5, 5)] });
    expect(h.ops).toEqual([]);
    expect(h.editor.getSnapshot()).toMatchObject({ canUndo: false, selection: [] });
  });

  it('attaches, listens to keys outside fields only, and leaves nothing behind', () => {
    const h = new Headless(two);
    const container = document.createElement('div');
    const field = document.createElement('input');
    document.body.append(container, field);
    const dispose = h.editor.attach(container);
    h.editor.select(['a']);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete', bubbles: true }));
    expect(h.regions).toHaveLength(2);
    const tab = new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true });
    document.body.dispatchEvent(tab);
    expect(tab.defaultPrevented).toBe(false);
    container.focus();
    const ours = new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true });
    container.dispatchEvent(ours);
    expect(ours.defaultPrevented).toBe(true);
    dispose();
    container.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete', bubbles: true }));
    expect(h.regions).toHaveLength(2);
    expect(container.children).toHaveLength(0);
    container.remove();
    field.remove();
  });
});

describe('view', () => {
  it('fits a new picture, keeps the view of the next frame of the same size', () => {
    const h = new Headless();
    h.editor.viewport = { ...h.editor.viewport, width: 448, height: 448 };
    h.editor.setImage(null, 200, 100);
    expect(h.editor.viewport).toMatchObject({ scale: 2, x: 24, y: 124 });
    h.editor.panBy(10, 0);
    h.editor.setImage(null, 200, 100);
    expect(h.editor.viewport.x).toBe(34);
  });
});
