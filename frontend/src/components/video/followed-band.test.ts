// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Keyframe } from '@/canvas/document/model';
import { boxShape } from '@/canvas/geometry/shapes/box';

import { followedStretches } from './followed-band';

const at = (frame: number, extra: Partial<Keyframe> = {}): Keyframe => ({
  frame,
  shape: boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 }),
  outside: false,
  occluded: false,
  ...extra,
});

describe('where a track was followed', () => {
  it('is between keyframes of which a machine set one, as sure as the less sure', () => {
    const keyframes = [
      at(0),
      at(10),
      at(20, { by: 'tracker', confidence: 0.9 }),
      at(30, { by: 'tracker', confidence: 0.5 }),
      at(40),
      at(50),
    ];
    expect(followedStretches(keyframes)).toEqual([
      { from: 10, to: 20, confidence: 0.9 },
      { from: 20, to: 30, confidence: 0.5 },
      { from: 30, to: 40, confidence: 0.5 },
    ]);
  });

  it('is nowhere while the object is outside, and nowhere in a track drawn by hand', () => {
    const gone = at(10, { by: 'tracker', confidence: 0.9, outside: true });
    expect(followedStretches([at(0), gone, at(20, { by: 'tracker', confidence: 0.8 })])).toEqual([
      { from: 0, to: 10, confidence: 0.9 },
    ]);
    expect(followedStretches([at(0), at(10)])).toEqual([]);
    expect(followedStretches([])).toEqual([]);
  });
});
