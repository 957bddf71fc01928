// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { LabelDef, Track } from './document/model';
import { shapeOfTrack, trackAt, trackSpans } from './document/tracks';
import type { ShapeType } from './geometry/shape';
import { boxShape } from './geometry/shapes/box';
import { Headless, ONTOLOGY } from './testing/headless';
import type { ToolName } from './tools/tool';

const FRAMES = 100;

function video(labels: readonly LabelDef[] = ONTOLOGY.labels): Headless {
  const h = new Headless();
  h.editor.setOntology({ labels });
  h.editor.setFrame(0, FRAMES);
  return h;
}

const tracks = (h: Headless): readonly Track[] => h.editor.document.data().tracks;
const only = (h: Headless): Track => tracks(h)[0]!;
const frames = (track: Track): number[] => track.keyframes.map((each) => each.frame);

/** One object with each drawing tool, from (20, 20) to about (80, 80). */
const DRAWN: readonly [ToolName, ShapeType, (h: Headless) => void][] = [
  [
    'box',
    'box',
    (h) =>
      h.drag([
        [20, 20],
        [80, 80],
      ]),
  ],
  [
    'polygon',
    'polygon',
    (h) =>
      ring(h, [
        [20, 20],
        [80, 20],
        [80, 80],
      ]),
  ],
  [
    'polyline',
    'polyline',
    (h) =>
      ring(h, [
        [20, 20],
        [80, 20],
        [80, 80],
      ]),
  ],
  [
    'points',
    'points',
    (h) =>
      ring(h, [
        [20, 20],
        [80, 80],
      ]),
  ],
  [
    'ellipse',
    'ellipse',
    (h) =>
      h.drag([
        [20, 20],
        [80, 80],
      ]),
  ],
  [
    'cuboid',
    'cuboid',
    (h) => {
      h.drag([
        [20, 20],
        [70, 70],
      ]);
      h.click(80, 60);
    },
  ],
  [
    'skeleton',
    'skeleton',
    (h) =>
      h.drag([
        [20, 20],
        [80, 80],
      ]),
  ],
  [
    'brush',
    'mask',
    (h) =>
      h.drag([
        [20, 40],
        [80, 40],
      ]),
  ],
];

function ring(h: Headless, points: readonly [number, number][]): void {
  for (const [x, y] of points) h.click(x, y);
  h.key('Enter');
}

/** Labels that are followed as anything, as nothing but masks, not at all. */
const LABELS: readonly LabelDef[] = [
  { id: 'any', name: 'any', skeleton: ONTOLOGY.labels.find((each) => each.skeleton)?.skeleton ?? null },
  { id: 'masks', name: 'masks', shapes: ['mask', 'track'] },
  { id: 'still', name: 'still', shapes: ['box', 'polygon'] },
];

describe('drawing on a video', () => {
  it.each(DRAWN)('the %s tool makes a track of a %s, and moving it a keyframe', (tool, shape, draw) => {
    const h = video(LABELS);
    h.editor.setTool(tool);
    draw(h);
    expect(tracks(h)).toHaveLength(1);
    expect(shapeOfTrack(only(h))).toBe(shape);
    const before = trackAt(only(h), 0)?.shape;
    h.editor.setTool('select');
    h.editor.setFrame(20);
    expect(h.editor.nudge(100, 0)).toBe(true);
    expect(frames(only(h))).toEqual([0, 20]);
    expect(trackAt(only(h), 0)?.shape).toEqual(before);
    h.editor.setFrame(10);
    const [item] = h.editor.itemSet.all;
    expect(item).toMatchObject({ kind: 'track', shape: { type: shape } });
    h.key('Ctrl+Z');
    h.key('Ctrl+Z');
    expect(tracks(h)).toEqual([]);
    h.key('Ctrl+Y');
    expect(shapeOfTrack(only(h))).toBe(shape);
  });

  it('a label’s shapes hold for its tracks', () => {
    const h = video(LABELS.slice(1));
    h.editor.setLabel('masks');
    h.editor.setTool('box');
    h.drag([
      [20, 20],
      [80, 80],
    ]);
    expect(tracks(h)).toEqual([]);
    expect(h.editor.getSnapshot().notice?.text).toContain('box');
    h.editor.setTool('brush');
    h.drag([
      [20, 20],
      [80, 20],
    ]);
    expect(only(h).labelId).toBe('masks');
  });

  it('a turned box stays turned between its keyframes', () => {
    const h = video();
    h.editor.setTool('box');
    h.drag([
      [20, 20],
      [80, 80],
    ]);
    h.editor.setTool('select');
    h.editor.setFrame(10);
    h.editor.commitShapes(new Map([[only(h).id, boxShape({ x1: 20, y1: 20, x2: 80, y2: 80 }, 40)]]), 'Turn');
    expect(trackAt(only(h), 5)?.shape).toMatchObject({ rotation: 20 });
  });

  it('what is painted on a frame is a keyframe of the mask; rubbed out whole it leaves there', () => {
    const h = video();
    h.editor.setTool('brush');
    h.drag([
      [20, 40],
      [80, 40],
    ]);
    const id = only(h).id;
    h.editor.setFrame(10);
    h.drag([
      [20, 80],
      [80, 80],
    ]);
    expect(frames(only(h))).toEqual([0, 10]);
    h.editor.setFrame(5);
    expect(h.editor.itemSet.get(id)?.shape).toEqual(trackAt(only(h), 0)?.shape);
    h.editor.setFrame(20);
    h.editor.setOptions({ brushPx: 1000 });
    h.editor.setTool('eraser');
    h.drag([
      [50, 50],
      [60, 60],
    ]);
    expect(trackSpans(only(h))).toEqual([{ from: 0, to: 20 }]);
    h.editor.setFrame(30);
    h.editor.setOptions({ brushPx: 20 });
    h.editor.setTool('brush');
    h.drag([
      [20, 40],
      [80, 40],
    ]);
    expect(tracks(h)).toHaveLength(1);
    expect(trackSpans(only(h))).toEqual([
      { from: 0, to: 20 },
      { from: 30, to: null },
    ]);
  });

  it('a hole taken out of a polygon is one of that frame on', () => {
    const h = video();
    h.editor.setTool('polygon');
    ring(h, [
      [20, 20],
      [120, 20],
      [120, 120],
      [20, 120],
    ]);
    h.editor.setFrame(8);
    h.editor.setOptions({ combine: 'subtract' });
    ring(h, [
      [50, 50],
      [80, 50],
      [80, 80],
    ]);
    expect(frames(only(h))).toEqual([0, 8]);
    expect(trackAt(only(h), 0)?.shape).toMatchObject({ holes: [] });
    expect(trackAt(only(h), 8)?.shape).toHaveProperty('holes.length', 1);
  });

  it('cut in two on a frame, the smaller part is a track from there on', () => {
    const h = video();
    h.editor.setTool('polygon');
    ring(h, [
      [20, 20],
      [120, 20],
      [120, 120],
      [20, 120],
    ]);
    h.editor.setFrame(8);
    h.editor.cutAlong([
      [50, 0],
      [50, 200],
    ]);
    expect(tracks(h).map(trackSpans)).toEqual([[{ from: 0, to: null }], [{ from: 8, to: null }]]);
  });
});

describe('the verbs of tracks', () => {
  /** A box from frame 0, moved by 100 at frame 40. */
  function moving(): Headless {
    const h = video();
    h.editor.setTool('box');
    h.drag([
      [20, 20],
      [60, 60],
    ]);
    h.editor.setTool('select');
    h.editor.setFrame(40);
    h.editor.nudge(100, 0);
    return h;
  }
  const x = (h: Headless, frame: number) => (trackAt(only(h), frame)?.shape as { x1: number }).x1;

  it('keys begin it, end it and bring it to here, each one step back', () => {
    const h = moving();
    const spans = () => trackSpans(only(h)).map(({ from, to }) => [from, to]);
    h.editor.setFrame(10);
    h.key('{');
    expect(spans()).toEqual([[10, null]]);
    h.editor.setFrame(30);
    h.key('}');
    expect(spans()).toEqual([[10, 31]]);
    h.editor.setFrame(60);
    h.key('Shift+I');
    expect(spans()).toEqual([[10, 61]]);
    h.editor.setFrame(2);
    h.key('Shift+I');
    expect(spans()).toEqual([[2, 61]]);
    h.key('Shift+I');
    expect(h.editor.getSnapshot().notice?.text).toContain('not there');
    for (let i = 0; i < 4; i += 1) h.key('Ctrl+Z');
    expect([spans(), frames(only(h))]).toEqual([[[0, null]], [0, 40]]);
  });

  it('copies on to the next frames, as many as the person chose', () => {
    const h = moving();
    h.editor.setFrame(20);
    h.editor.setOptions({ holdFrames: 12 });
    h.key('Ctrl+D');
    expect([x(h, 20), x(h, 32), x(h, 40)]).toEqual([70, 70, 120]);
  });

  it('paste puts a copied track where it was, on another frame; on the same one it is a twin', () => {
    const h = moving();
    h.editor.setFrame(0);
    h.key('Ctrl+C');
    h.editor.setFrame(50);
    h.key('Ctrl+V');
    expect([frames(only(h)), x(h, 50)]).toEqual([[0, 40, 50], 20]);
    h.editor.setFrame(0);
    h.key('Ctrl+C');
    h.key('Ctrl+V');
    expect(tracks(h)).toHaveLength(2);
    expect(h.editor.selection).toEqual([tracks(h).find((each) => frames(each).length === 1)?.id]);
  });

  it('hands the rest to another track, swaps two, and says what it needs', () => {
    const h = moving();
    const first = only(h).id;
    h.key('Shift+U');
    expect(h.editor.getSnapshot().notice?.text).toContain('two tracks');
    h.editor.setFrame(0);
    h.editor.setTool('box');
    h.drag([
      [200, 200],
      [240, 240],
    ]);
    const second = h.editor.selection[0]!;
    h.editor.select([first, second]);
    h.key('Shift+L');
    expect(h.editor.getSnapshot().notice?.text).toContain('after the first');
    h.editor.setFrame(20);
    h.key('Shift+L');
    const left = (id: string, frame: number) =>
      (trackAt(h.editor.document.state.tracks.get(id)!, frame)?.shape as { x1: number }).x1;
    expect([left(first, 19), left(first, 20), left(second, 40)]).toEqual([67.5, 200, 120]);
    h.editor.setFrame(30);
    h.key('Shift+U');
    expect(trackSpans(h.editor.document.state.tracks.get(first)!)).toEqual([{ from: 0, to: 30 }]);
    expect(h.editor.selection).toEqual([second]);
  });

  it('a tag holds over frames: begun, ended, and moved by its edges', () => {
    const h = video();
    h.editor.setFrame(10);
    h.editor.startTag('night');
    const id = h.editor.selection[0]!;
    expect(shapeOfTrack(only(h))).toBe('tag');
    expect(h.editor.itemSet.all).toEqual([]);
    h.editor.setFrame(30);
    h.key('}');
    expect(trackSpans(only(h))).toEqual([{ from: 10, to: 31 }]);
    h.editor.moveEdge(id, { from: 10, to: 31 }, 'end', 50);
    h.editor.moveEdge(id, { from: 10, to: 50 }, 'start', 5);
    expect(trackSpans(only(h))).toEqual([{ from: 5, to: 50 }]);
    h.key('Shift+Z');
    // Two that are made in the same millisecond lie in any order.
    const spans = tracks(h).flatMap(trackSpans);
    expect(spans.sort((a, b) => a.from - b.from)).toEqual([
      { from: 5, to: 30 },
      { from: 30, to: 50 },
    ]);
  });

  it('attributes are said from the frame shown on', () => {
    const h = moving();
    h.editor.setFrame(15);
    h.editor.setAttributesOf([only(h).id], { load: 'full' }, true);
    expect(frames(only(h))).toEqual([0, 15, 40]);
    expect(only(h).keyframes[1]?.attributes).toEqual({ load: 'full' });
    h.editor.setAttributesOf([only(h).id], { load: 'half' });
    expect(only(h)).toMatchObject({ attributes: { load: 'half' } });
    expect(only(h).keyframes[1]?.attributes).toBeUndefined();
  });

  it('does not leave on the only frame on which it is', () => {
    const h = video();
    h.editor.setTool('box');
    h.drag([
      [20, 20],
      [60, 60],
    ]);
    h.key('o');
    expect(h.editor.getSnapshot().notice?.text).toContain('nowhere');
    expect(trackSpans(only(h))).toEqual([{ from: 0, to: null }]);
  });

  it('of several tracks in unlike states all become what the button says', () => {
    const h = moving();
    const first = only(h).id;
    h.editor.setTool('box');
    h.drag([
      [200, 200],
      [240, 240],
    ]);
    h.editor.setFrame(50);
    h.key('K');
    h.editor.select(tracks(h).map((each) => each.id));
    h.key('K');
    const here = () => tracks(h).map((each) => trackAt(each, 50)!);
    expect(here().map((each) => each.isKeyframe)).toEqual([true, true]);
    h.editor.select([first]);
    h.key('O');
    h.editor.select(tracks(h).map((each) => each.id));
    h.key('O');
    expect(here().map((each) => each.outside)).toEqual([true, true]);
    h.key('O');
    expect(here().map((each) => each.outside)).toEqual([false, false]);
    h.key('K');
    expect(here().map((each) => each.isKeyframe)).toEqual([false, false]);
  });
});
