// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shapeBounds } from '../geometry/shape';
import { boxShape } from '../geometry/shapes/box';
import { polygonShape } from '../geometry/shapes/paths';
import { box, suggestion } from '../testing/headless';
import {
  addRegions,
  addTag,
  changeLabel,
  changeShapes,
  removeRegions,
  removeTag,
  reorder,
  setAttributes,
  setFlags,
} from './commands';
import { AnnotationDocument } from './document';
import { groupRegions, setOccluded, ungroupRegions } from './group-commands';
import { newId } from './ids';
import { dataOf, stateOf, type DocState, type DocumentData, type Track } from './model';
import { opsOf, type DraftOp } from './ops';
import { stepOrder } from './order-commands';
import { combineRing, cutRegions, joinRegions } from './shape-commands';
import { applyPatches, batch, put, StalePatchError, type Command } from './patches';
import { acceptSuggestions, fixSuggestion, rejectSuggestions } from './suggestion-commands';
import { removeKeyframe, removeTracks, setKeyframe, startTrack } from './track-commands';
import { mergeTracks, splitTrack } from './track-verbs';
import { trackAt, trackSpans } from './tracks';

const START: DocumentData = {
  regions: [
    box('a', 0, 0, 10, 10),
    box('b', 20, 20, 40, 40, { zIndex: 1 }),
    box('c', 5, 5, 9, 9, { locked: true }),
  ],
  suggestions: [suggestion('s1', 0.9), suggestion('s2', 0.4), { ...suggestion('s3', 0.8), shape: null }],
  tags: [],
};

/** Applies what autosave would send to a copy, as the server does. */
function replay(start: DocumentData, ops: readonly DraftOp[]): Required<DocumentData> {
  const state = stateOf(start) as { -readonly [K in keyof DocState]: Map<string, never> };
  for (const op of ops) {
    if ('region' in op) replayRow(state.regions, op.op === 'put', op.region);
    else if ('tag' in op) replayRow(state.tags, op.op === 'put_tag', op.tag);
    else if ('track' in op) replayRow(state.tracks, op.op === 'put_track', op.track);
    else replayRow(state.suggestions, true, op.suggestion);
  }
  return dataOf(state);
}

function replayRow<R extends { id: string }>(table: Map<string, R>, stays: boolean, row: R): void {
  if (stays) table.set(row.id, row);
  else table.delete(row.id);
}

type Step = (state: DocState, pick: number) => Command | null;
const at = (keys: Iterable<string>, pick: number): string => {
  const all = [...keys];
  return all[pick % Math.max(1, all.length)] ?? 'none';
};
const STEPS: readonly Step[] = [
  (s, n) => addRegions(s, [{ labelId: 'person', shape: boxShape({ x1: n, y1: n, x2: n + 9, y2: n + 9 }) }]),
  (s, n) => removeRegions(s, [at(s.regions.keys(), n)]),
  (s, n) =>
    changeShapes(s, new Map([[at(s.regions.keys(), n), boxShape({ x1: 0, y1: 0, x2: n + 1, y2: 5 })]])),
  (s, n) => changeLabel(s, [at(s.regions.keys(), n)], n % 2 ? 'helmet' : 'person'),
  (s, n) => setAttributes(s, [at(s.regions.keys(), n)], { colour: n % 3 ? 'red' : null }),
  (s, n) => setFlags(s, [at(s.regions.keys(), n)], n % 2 ? { hidden: n % 4 === 1 } : { locked: n % 4 === 0 }),
  (s, n) => reorder(s, [at(s.regions.keys(), n)], n % 2 ? 'front' : 'back'),
  (s, n) => acceptSuggestions(s, [at(s.suggestions.keys(), n)]),
  (s, n) => rejectSuggestions(s, [at(s.suggestions.keys(), n)]),
  (s, n) => fixSuggestion(s, at(s.suggestions.keys(), n), { labelId: 'person' }),
  (s, n) => addTag(s, n % 2 ? 'night' : 'rain'),
  (s, n) => removeTag(s, at(s.tags.keys(), n)),
  (s, n) => startTrack(s, 'person', n, boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 })),
  (s, n) => setKeyframe(s, at(s.tracks.keys(), n), n, { outside: n % 3 === 0 }, 'kf'),
  (s, n) => removeKeyframe(s, at(s.tracks.keys(), n), n),
  (s, n) => splitTrack(s, at(s.tracks.keys(), n), n),
  (s, n) => mergeTracks(s, at(s.tracks.keys(), n), at(s.tracks.keys(), n + 1)),
  (s, n) => removeTracks(s, [at(s.tracks.keys(), n)]),
  (s, n) => groupRegions(s, [at(s.regions.keys(), n), at(s.regions.keys(), n + 1)]),
  (s, n) => ungroupRegions(s, [at(s.regions.keys(), n)]),
  (s, n) => setOccluded(s, [at(s.regions.keys(), n)], n % 2 === 0),
  (s, n) => stepOrder(s, [at(s.regions.keys(), n)], n % 2 ? 1 : -1),
  (s, n) => joinRegions(s, [...s.regions.keys()].slice(n % 3)),
  (s, n) => cutRegions(s, s.regions.keys(), [[n, -50], [n + 2, 200]]), // prettier-ignore
  (s, n) => combineRing(s, s.regions.keys(), [[n, n], [n + 9, n], [n + 9, n + 9]], n % 2 ? 'add' : 'subtract'), // prettier-ignore
  (s, n) => addRegions(s, [{ labelId: 'spill', shape: polygonShape([[n, 0], [n + 40, 0], [n, 40]]) }]), // prettier-ignore
  (s, n) => batch(s, 'Both', [(x) => removeRegions(x, [at(x.regions.keys(), n)]), (x) => addTag(x, 'wet')]),
];

const program = fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.nat(30)), { maxLength: 40 });

describe('any sequence of commands', () => {
  it('undone is the start again, redone the end, exactly; the operations lead a copy to the same place', () => {
    fc.assert(
      fc.property(program, (steps) => {
        const document = new AnnotationDocument(START);
        const ops: DraftOp[] = [];
        document.onOps((batch) => ops.push(...batch));
        for (const [which, pick] of steps) document.run(STEPS[which]?.(document.state, pick) ?? null);
        const end = document.data();
        expect(replay(START, ops)).toEqual(end);
        while (document.undo());
        expect(document.data()).toEqual(dataOf(stateOf(START)));
        expect(replay(START, ops)).toEqual(document.data());
        while (document.redo());
        expect(document.data()).toEqual(end);
        expect(new Set(ops.map((op) => op.op_id)).size).toBe(ops.length);
      }),
      { numRuns: 150, seed: 42 },
    );
  });
});

describe('commands', () => {
  it('do nothing rather than an empty step', () => {
    const state = stateOf(START);
    expect(removeRegions(state, [])).toBeNull();
    expect(changeLabel(state, ['a'], 'person')).toBeNull();
    expect(changeShapes(state, new Map([['a', boxShape({ x1: 0, y1: 0, x2: 10, y2: 10 })]]))).toBeNull();
    expect(setAttributes(state, ['a'], { colour: null })).toBeNull();
    expect(addRegions(state, [])).toBeNull();
  });

  it('leave locked regions alone', () => {
    const state = stateOf(START);
    expect(removeRegions(state, ['c'])).toBeNull();
    expect(changeLabel(state, ['c'], 'helmet')).toBeNull();
    expect(setFlags(state, ['c'], { locked: false })).not.toBeNull();
  });

  it('refuse a patch made for another state', () => {
    const state = stateOf(START);
    const stale = put('regions', box('a', 1, 1, 2, 2), box('a', 0, 0, 5, 5));
    expect(() => applyPatches(state, [stale])).toThrow(StalePatchError);
  });

  it('a tag is set once', () => {
    const document = new AnnotationDocument();
    document.run(addTag(document.state, 'night'));
    expect(addTag(document.state, 'night')).toBeNull();
  });
});

describe('suggestions', () => {
  it('accepted becomes the model’s region; changing its shape makes it the person’s', () => {
    const document = new AnnotationDocument(START);
    document.run(acceptSuggestions(document.state, ['s1']));
    const made = document.data().regions.find((region) => region.suggestionId === 's1');
    expect(made).toMatchObject({ source: 'model', score: 0.9, labelId: 'helmet' });
    expect(document.state.suggestions.get('s1')).toMatchObject({ status: 'accepted', regionId: made?.id });
    document.run(
      changeShapes(document.state, new Map([[made?.id ?? '', boxShape({ x1: 0, y1: 0, x2: 5, y2: 5 })]])),
    );
    expect(document.state.regions.get(made?.id ?? '')).toMatchObject({
      source: 'person',
      suggestionId: 's1',
    });
  });

  it('of a tag becomes a tag, and twins are decided together', () => {
    const twin = { ...suggestion('s4', 0.7), shape: null };
    const document = new AnnotationDocument({ ...START, suggestions: [...(START.suggestions ?? []), twin] });
    document.run(acceptSuggestions(document.state, ['s3', 's4']));
    expect(document.data().tags).toHaveLength(1);
    expect(document.state.suggestions.get('s4')?.status).toBe('accepted');
  });

  it('is decided once', () => {
    const document = new AnnotationDocument(START);
    document.run(rejectSuggestions(document.state, ['s1']));
    expect(acceptSuggestions(document.state, ['s1'])).toBeNull();
    expect(fixSuggestion(document.state, 's1')).toBeNull();
  });

  it('that arrives late does not touch a decided one', () => {
    const document = new AnnotationDocument(START);
    document.run(rejectSuggestions(document.state, ['s1']));
    document.addSuggestions([suggestion('s1', 0.95), suggestion('s9', 0.5)]);
    expect(document.state.suggestions.get('s1')?.status).toBe('rejected');
    expect(document.state.suggestions.get('s9')?.status).toBe('open');
    document.undo();
    expect(document.state.suggestions.get('s1')?.status).toBe('open');
  });
});

describe('history', () => {
  it('merges nudges into one step until sealed', () => {
    const document = new AnnotationDocument(START);
    const nudge = (by: number): void => {
      const shape = boxShape({ x1: by, y1: 0, x2: 10 + by, y2: 10 });
      document.run(changeShapes(document.state, new Map([['a', shape]]), 'Move', 'nudge'));
    };
    nudge(1);
    nudge(2);
    document.history.seal();
    nudge(3);
    document.undo();
    expect(document.state.regions.get('a')?.shape).toMatchObject({ x1: 2 });
    document.undo();
    expect(document.state.regions.get('a')?.shape).toMatchObject({ x1: 0 });
    expect(document.history.canUndo).toBe(false);
  });

  it('forgets what was undone once something new is done', () => {
    const document = new AnnotationDocument(START);
    document.run(removeRegions(document.state, ['a']));
    document.undo();
    document.run(removeRegions(document.state, ['b']));
    expect(document.redo()).toBeNull();
  });
});

describe('operations', () => {
  it('say the last state of each row once', () => {
    const [a, b] = [box('a', 0, 0, 1, 1), box('a', 0, 0, 2, 2)];
    const ops = opsOf([put('regions', null, a), put('regions', a, b)]);
    expect(ops).toMatchObject([{ op: 'put', region: b }]);
  });

  it('carry version 7 ids that rise with time', () => {
    const [early, late] = [newId(1_700_000_000_000), newId(1_700_000_000_001)];
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
  });
});

describe('tracks', () => {
  const shape = (x: number): ReturnType<typeof boxShape> => boxShape({ x1: x, y1: 0, x2: x + 10, y2: 10 });
  const leftAt = (track: Track, frame: number): number => shapeBounds(trackAt(track, frame)!.shape!).x1;
  function moving(): AnnotationDocument {
    const document = new AnnotationDocument();
    document.run(startTrack(document.state, 'person', 0, shape(0)));
    document.run(setKeyframe(document.state, only(document), 10, { shape: shape(100) }));
    return document;
  }
  const only = (document: AnnotationDocument): string => [...document.state.tracks.keys()][0] ?? '';

  it('split keeps every place, and merge puts the halves together again', () => {
    const document = moving();
    const whole = document.data().tracks[0]!;
    document.run(splitTrack(document.state, whole.id, 4));
    const second = [...document.state.tracks.values()].find((track) => track.id !== whole.id)!;
    const first = document.state.tracks.get(whole.id)!;
    for (let frame = 0; frame < 4; frame += 1) {
      expect(leftAt(first, frame)).toBeCloseTo(leftAt(whole, frame));
    }
    expect(trackAt(first, 4)?.outside).toBe(true);
    for (let frame = 4; frame <= 12; frame += 1) {
      expect(leftAt(second, frame)).toBeCloseTo(leftAt(whole, frame));
    }
    document.run(mergeTracks(document.state, whole.id, second.id));
    const merged = document.state.tracks.get(whole.id)!;
    for (let frame = 0; frame <= 12; frame += 1) {
      expect(trackAt(merged, frame)).toMatchObject({ outside: false });
      expect(leftAt(merged, frame)).toBeCloseTo(leftAt(whole, frame));
    }
  });

  it('spans tell when it is there', () => {
    const document = moving();
    document.run(setKeyframe(document.state, only(document), 14, { outside: true }));
    document.run(setKeyframe(document.state, only(document), 20, { outside: false }));
    expect(trackSpans(document.data().tracks[0]!)).toEqual([
      { from: 0, to: 14 },
      { from: 20, to: null },
    ]);
  });

  it('goes with its last keyframe', () => {
    const document = moving();
    document.run(removeKeyframe(document.state, only(document), 0));
    document.run(removeKeyframe(document.state, only(document), 10));
    expect(document.data().tracks).toEqual([]);
  });
});

describe('a track that a model proposes', () => {
  const place = (frame: number) => ({
    frame,
    shape: boxShape({ x1: frame, y1: 0, x2: frame + 10, y2: 10 }),
    outside: false,
    occluded: false,
    by: 'tracker' as const,
    confidence: 0.8,
  });
  const track = [place(10), place(30), { ...place(40), outside: true }];
  const proposed = { ...suggestion('s', 0.8), track };
  const start = () => new AnnotationDocument({ suggestions: [proposed] });

  it('becomes a track of the model as it is, and undone a suggestion again', () => {
    const doc = start();
    doc.run(acceptSuggestions(doc.state, ['s']));
    const [made] = doc.state.tracks.values();
    expect(made).toMatchObject({ source: 'model', suggestionId: 's', labelId: 'helmet', keyframes: track });
    expect(doc.state.regions.size).toBe(0);
    expect(doc.state.suggestions.get('s')).toMatchObject({ status: 'accepted', regionId: made?.id });
    doc.undo();
    expect(doc.state.tracks.size).toBe(0);
    expect(doc.state.suggestions.get('s')).toEqual(proposed);
  });

  it('mended at a frame becomes a person’s, with their keyframe in it', () => {
    const doc = start();
    const shape = boxShape({ x1: 0, y1: 0, x2: 50, y2: 50 });
    doc.run(fixSuggestion(doc.state, 's', { shape, frame: 20 }));
    const [made] = doc.state.tracks.values();
    expect(made?.source).toBe('person');
    expect(made?.keyframes.map(({ frame, by }) => [frame, by])).toEqual([
      [10, 'tracker'],
      [20, undefined],
      [30, 'tracker'],
      [40, 'tracker'],
    ]);
    expect(doc.state.suggestions.get('s')).toEqual({ ...proposed, status: 'fixed', regionId: made?.id });
  });
});
