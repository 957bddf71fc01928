// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Shape } from '../geometry/shape';
import { boxShape } from '../geometry/shapes/box';
import { polygonShape } from '../geometry/shapes/paths';
import { AnnotationDocument } from './document';
import type { Attributes, Keyframe, Track } from './model';
import { changeTrackLabel, setKeyframe, setTrackAttributes } from './track-commands';
import {
  endHere,
  extendHere,
  handOver,
  holdTracks,
  mergeTracks,
  moveEnd,
  moveStart,
  splitTrack,
  startHere,
  swapTracks,
} from './track-verbs';
import { attributesAt, trackAt, trackSpans } from './tracks';

const LAST = 99;
const at = (x: number): Shape => boxShape({ x1: x, y1: 0, x2: x + 10, y2: 10 });
const key = (frame: number, x: number | null, extra: Partial<Keyframe> = {}): Keyframe => ({
  frame,
  shape: at(x ?? 0),
  outside: x === null,
  occluded: false,
  ...extra,
});
const track = (id: string, keyframes: Keyframe[], attributes: Attributes = {}): Track => ({
  id,
  labelId: 'truck',
  attributes,
  source: 'person',
  suggestionId: null,
  hidden: false,
  locked: false,
  keyframes,
});
/** There from 0 to 20 (moving), away, there from 40 on. */
const GAPPED = track('a', [key(0, 0), key(10, 100), key(20, null), key(40, 500)]);

function open(...tracks: Track[]) {
  const document = new AnnotationDocument({ tracks });
  return {
    document,
    get tracks() {
      return document.data().tracks;
    },
    of: (id: string) => document.state.tracks.get(id)!,
    spans: (id: string) => trackSpans(document.state.tracks.get(id)!).map(({ from, to }) => [from, to]),
    x: (id: string, frame: number) => {
      const place = trackAt(document.state.tracks.get(id)!, frame);
      return place && !place.outside && place.shape?.type === 'box' ? place.shape.x1 : null;
    },
  };
}

describe('split, join and hand over', () => {
  it('a split leaves every frame as it was, with all that was said of attributes', () => {
    const said = track(
      'a',
      [key(0, 0, { attributes: { pose: 'up' } }), key(10, 100, { attributes: { load: 1 } })],
      {
        kind: 'adult',
      },
    );
    const now = open(said);
    now.document.run(splitTrack(now.document.state, 'a', 5));
    const [one, two] = [now.of('a'), now.tracks.find(({ id }) => id !== 'a')!];
    expect([now.x('a', 4), now.x('a', 5)]).toEqual([40, null]);
    expect([now.x(two.id, 4), now.x(two.id, 5), now.x(two.id, 10)]).toEqual([null, 50, 100]);
    expect(attributesAt(one, 4)).toEqual({ kind: 'adult', pose: 'up' });
    expect(attributesAt(two, 12)).toEqual({ kind: 'adult', pose: 'up', load: 1 });
    // Nobody stated the places at the cut.
    expect([one.keyframes.at(-2)?.by, two.keyframes[0]?.by]).toEqual(['interpolation', 'interpolation']);
  });

  it.each([
    ['at its first keyframe', 0],
    ['before it', -1],
  ])('no split %s', (_, frame) => {
    expect(splitTrack(open(GAPPED).document.state, 'a', frame)).toBeNull();
  });

  it('a split in a gap makes the later presence its own track from where it begins', () => {
    const now = open(GAPPED);
    now.document.run(splitTrack(now.document.state, 'a', 30));
    const two = now.tracks.find(({ id }) => id !== 'a')!;
    expect([now.spans('a'), now.spans(two.id)]).toEqual([[[0, 20]], [[40, null]]]);
  });

  it('joined tracks are there wherever one of them was', () => {
    const early = track('a', [key(0, 0), key(30, null)]);
    const late = track('b', [key(20, 200), key(25, null), key(50, 300), key(60, null)], { kind: 'child' });
    const now = open(early, late);
    now.document.run(mergeTracks(now.document.state, 'a', 'b'));
    expect(now.tracks.map(({ id }) => id)).toEqual(['a']);
    expect(now.spans('a')).toEqual([
      [0, 30],
      [50, 60],
    ]);
    expect(attributesAt(now.of('a'), 55)).toEqual({ kind: 'child' });
  });

  it('joins only tracks of one shape', () => {
    const ring = polygonShape([
      [0, 0],
      [9, 0],
      [0, 9],
    ]);
    const other = track('b', [{ ...key(50, 1), shape: ring }]);
    expect(mergeTracks(open(GAPPED, other).document.state, 'a', 'b')).toBeNull();
  });

  it('the rest of a track becomes another one', () => {
    const now = open(track('a', [key(0, 0), key(50, 500)]), track('b', [key(5, 900), key(20, null)]));
    now.document.run(handOver(now.document.state, 'a', 30, 'b'));
    expect(now.spans('a')).toEqual([[0, 30]]);
    expect(now.spans('b')).toEqual([
      [5, 20],
      [30, null],
    ]);
    expect([now.x('a', 29), now.x('b', 30), now.x('b', 50)]).toEqual([290, 300, 500]);
    now.document.undo();
    expect(now.spans('a')).toEqual([[0, null]]);
  });

  it('two that were taken for one another change places from there on', () => {
    const now = open(track('a', [key(0, 0), key(40, 40)]), track('b', [key(0, 900), key(40, 940)]));
    now.document.run(swapTracks(now.document.state, 'a', 'b', 20));
    expect([now.x('a', 19), now.x('a', 20), now.x('a', 40)]).toEqual([19, 920, 940]);
    expect([now.x('b', 19), now.x('b', 20), now.x('b', 40)]).toEqual([919, 20, 40]);
    expect(now.tracks.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('where a track begins and ends', () => {
  it('begins and ends here', () => {
    const now = open(GAPPED);
    now.document.run(startHere(now.document.state, 'a', 5));
    expect([now.spans('a'), now.x('a', 5), now.x('a', 10)]).toEqual([
      [
        [5, 20],
        [40, null],
      ],
      50,
      100,
    ]);
    now.document.run(endHere(now.document.state, 'a', 7, LAST));
    expect([now.spans('a'), now.x('a', 7)]).toEqual([[[5, 8]], 70]);
    expect(endHere(now.document.state, 'a', 7, LAST)).toBeNull();
    expect(startHere(now.document.state, 'a', 30)).toBeNull();
  });

  it.each([
    [
      'the nearer presence before',
      25,
      [
        [0, 26],
        [40, null],
      ],
    ],
    [
      'the nearer presence after',
      38,
      [
        [0, 20],
        [38, null],
      ],
    ],
    [
      'what lies between two frames of nothing',
      39,
      [
        [0, 20],
        [39, null],
      ],
    ],
  ])('goes on to here from %s', (_, frame, spans) => {
    const now = open(GAPPED);
    now.document.run(extendHere(now.document.state, 'a', frame, LAST));
    expect(now.spans('a')).toEqual(spans);
    expect(now.x('a', frame)).toBe(frame === 25 ? 100 : 500);
  });

  it('begins earlier, and ends at the video’s end', () => {
    const now = open(track('a', [key(10, 7), key(20, null)]));
    now.document.run(extendHere(now.document.state, 'a', 4, LAST));
    now.document.run(extendHere(now.document.state, 'a', LAST, LAST));
    expect(now.spans('a')).toEqual([[4, null]]);
    expect(extendHere(now.document.state, 'a', 50, LAST)).toBeNull();
  });

  it('an edge goes no further than the next presence, nor past its other edge', () => {
    const first = { from: 0, to: 20 };
    const second = { from: 40, to: null };
    const moved = (make: typeof moveEnd, span: typeof second | typeof first, to: number) => {
      const now = open(GAPPED);
      now.document.run(make(now.document.state, 'a', span, to, LAST));
      return now.spans('a');
    };
    expect(moved(moveEnd, first, 30)).toEqual([
      [0, 30],
      [40, null],
    ]);
    expect(moved(moveEnd, first, 77)).toEqual([[0, null]]);
    expect(moved(moveEnd, first, 5)).toEqual([
      [0, 5],
      [40, null],
    ]);
    expect(moved(moveEnd, first, -9)).toEqual([
      [0, 1],
      [40, null],
    ]);
    expect(moved(moveEnd, second, 60)).toEqual([
      [0, 20],
      [40, 60],
    ]);
    expect(moved(moveStart, second, 30)).toEqual([
      [0, 20],
      [30, null],
    ]);
    expect(moved(moveStart, second, 3)).toEqual([[0, null]]);
    expect(moved(moveStart, second, 50)).toEqual([
      [0, 20],
      [50, null],
    ]);
    expect(moved(moveStart, first, 12)).toEqual([
      [12, 20],
      [40, null],
    ]);
  });

  it('whatever is done, keyframes rise, inside the video, and it is somewhere to be seen', () => {
    const step = fc.record({
      verb: fc.nat(7),
      frame: fc.nat(LAST),
      to: fc.integer({ min: -5, max: LAST + 5 }),
      span: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { document } = open(GAPPED, track('b', [key(3, 50), key(60, 70)]));
        for (const { verb, frame, to, span } of steps) {
          const { state } = document;
          const [id = '', other = ''] = [...state.tracks.keys()];
          const spans = trackSpans(state.tracks.get(id)!);
          const chosen = spans[span % spans.length]!;
          const make = [
            () => splitTrack(state, id, frame),
            () => startHere(state, id, frame),
            () => endHere(state, id, frame, LAST),
            () => extendHere(state, id, frame, LAST),
            () => moveEnd(state, id, chosen, to, LAST),
            () => moveStart(state, id, chosen, to, LAST),
            () => holdTracks(state, [id], frame, 7, LAST),
            () => swapTracks(state, id, other, frame),
          ][verb]!;
          document.run(make());
          for (const { keyframes } of document.state.tracks.values()) {
            const frames = keyframes.map((each) => each.frame);
            expect([...new Set(frames)].sort((a, b) => a - b)).toEqual(frames);
            expect(frames[0]).toBeGreaterThanOrEqual(0);
            expect(frames.at(-1)).toBeLessThanOrEqual(LAST);
            expect(keyframes.some((each) => !each.outside)).toBe(true);
          }
        }
        const end = document.data();
        while (document.undo());
        while (document.redo());
        expect(document.data()).toEqual(end);
      }),
    );
  });
});

describe('copies and attributes through time', () => {
  it('stays as it is for the next frames, and goes on as it did', () => {
    const now = open(GAPPED);
    now.document.run(holdTracks(now.document.state, ['a'], 5, 10, LAST));
    expect([5, 10, 15, 19, 20].map((frame) => now.x('a', frame))).toEqual([50, 50, 50, 50, null]);
    now.document.run(holdTracks(now.document.state, ['a'], 15, 10, LAST));
    expect([24, 25, 26, 40].map((frame) => now.x('a', frame))).toEqual([50, 50, null, 500]);
  });

  it('says attributes from a frame on, or of all frames', () => {
    const now = open(track('a', [key(0, 0), key(20, 200)], { pose: 'up' }));
    const said = (frame: number) => attributesAt(now.of('a'), frame).pose ?? null;
    now.document.run(setTrackAttributes(now.document.state, ['a'], 10, { pose: 'down' }));
    expect([said(9), said(10), said(30), now.x('a', 10)]).toEqual(['up', 'down', 'down', 100]);
    now.document.run(setTrackAttributes(now.document.state, ['a'], 20, { pose: null }));
    expect([said(19), said(20)]).toEqual(['down', null]);
    expect(setTrackAttributes(now.document.state, ['a'], 12, { pose: 'down' })).toBeNull();
    now.document.run(setTrackAttributes(now.document.state, ['a'], null, { pose: 'sits' }));
    expect([said(0), said(10), said(20)]).toEqual(['sits', 'sits', 'sits']);
  });

  it('leaves behind what the new label does not know, on keyframes too', () => {
    const now = open(track('a', [key(0, 0, { attributes: { pose: 'up', load: 1 } })], { pose: 'up' }));
    const known = ({ load = null }: Attributes): Attributes => (load === null ? {} : { load });
    now.document.run(changeTrackLabel(now.document.state, ['a'], 'van', known));
    expect(now.of('a')).toMatchObject({ labelId: 'van', attributes: {} });
    expect(now.of('a').keyframes[0]?.attributes).toEqual({ load: 1 });
  });

  it('a keyframe that a person sets over a machine’s is the person’s; another shape is refused', () => {
    const now = open(track('a', [key(0, 0, { by: 'tracker', confidence: 0.5 })]));
    expect(
      setKeyframe(now.document.state, 'a', 0, {
        shape: polygonShape([
          [0, 0],
          [9, 0],
          [0, 9],
        ]),
      }),
    ).toBeNull();
    expect(setKeyframe(now.document.state, 'a', 0, { outside: true })).toBeNull();
    now.document.run(setKeyframe(now.document.state, 'a', 0, { shape: at(5) }));
    expect(now.of('a').keyframes).toEqual([key(0, 5)]);
  });
});
