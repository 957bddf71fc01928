// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { keyframeAt as at } from '../testing/headless';
import { AnnotationDocument } from './document';
import { isPersons, personsAhead, takeFollowed, type Followed } from './follow-commands';
import type { Keyframe, Track } from './model';

const found = (frame: number): Keyframe => at(frame, { by: 'tracker', confidence: 0.8 });
const track = (...keyframes: Keyframe[]): Track => ({
  id: 't',
  labelId: 'person',
  attributes: {},
  source: 'person',
  suggestionId: null,
  hidden: false,
  locked: false,
  keyframes,
});
const followed = (change: Partial<Followed> = {}): Followed => ({
  from: 10,
  direction: 1,
  reached: 40,
  keyframes: [found(20), found(40)],
  start: at(10),
  ...change,
});
const framesOf = (doc: AnnotationDocument): number[] =>
  (doc.state.tracks.get('t')?.keyframes ?? []).map((each) => each.frame);
const taken = (given: Track, ...askings: Followed[]): AnnotationDocument => {
  const doc = new AnnotationDocument({ tracks: [given] });
  for (const each of askings) doc.run(takeFollowed(doc.state, 't', each, 'follow:1'));
  return doc;
};

describe('what was followed', () => {
  it('goes into the track, and the place it began at is stated', () => {
    expect(framesOf(taken(track(at(0)), followed()))).toEqual([0, 10, 20, 40]);
    expect(framesOf(taken(track(at(10)), followed()))).toEqual([10, 20, 40]);
  });

  it('takes the place of what was followed there before, and of nothing beyond', () => {
    const before = track(at(10), found(15), found(39), found(60));
    expect(framesOf(taken(before, followed()))).toEqual([10, 20, 40, 60]);
  });

  it('comes in pieces and undoes as one', () => {
    const doc = taken(
      track(at(10)),
      followed({ reached: 20, keyframes: [found(20)] }),
      followed({ reached: 33, keyframes: [found(20), found(33)] }),
      followed(),
    );
    expect(framesOf(doc)).toEqual([10, 20, 40]);
    doc.undo();
    expect(framesOf(doc)).toEqual([10]);
    doc.redo();
    expect(framesOf(doc)).toEqual([10, 20, 40]);
  });

  it('stops before a keyframe that a person has set meanwhile', () => {
    expect(framesOf(taken(track(at(10), at(30)), followed()))).toEqual([10, 20, 30]);
    const back = followed({
      direction: -1,
      from: 40,
      start: at(40),
      reached: 5,
      keyframes: [found(20), found(5)],
    });
    expect(framesOf(taken(track(at(12), at(40)), back))).toEqual([12, 20, 40]);
  });

  it('changes nothing of a track that is locked, or gone', () => {
    expect(takeFollowed(taken(track(at(10))).state, 'other', followed(), 'k')).toBeNull();
    expect(framesOf(taken({ ...track(at(10)), locked: true }, followed()))).toEqual([10]);
  });

  it('never loses, moves or passes a keyframe of a person', () => {
    const frames = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(frames, frames, fc.integer({ min: 0, max: 60 }), fc.boolean(), (own, theirs, from, on) => {
        const given = track(...own.sort((a, b) => a - b).map((frame) => at(frame)));
        const direction = on ? 1 : -1;
        const ahead = theirs.filter((frame) => (frame - from) * direction > 0);
        const reached = ahead.length === 0 ? null : on ? Math.max(...ahead) : Math.min(...ahead);
        const asking = followed({ from, direction, reached, keyframes: ahead.map(found), start: at(from) });
        const { keyframes } = taken(given, asking).state.tracks.get('t') ?? given;
        for (const each of given.keyframes) expect(keyframes).toContain(each);
        const wall = personsAhead(given, from, direction);
        for (const each of keyframes.filter((one) => !isPersons(one)))
          if (wall) expect((wall.frame - each.frame) * direction).toBeGreaterThan(0);
        const rising = keyframes.map((each) => each.frame);
        expect(rising).toEqual([...new Set(rising)].sort((a, b) => a - b));
      }),
    );
  });
});
