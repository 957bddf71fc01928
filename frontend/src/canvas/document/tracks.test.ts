// @vitest-environment node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { shapeToWire } from '../geometry/shape';
import type { WireGeometry, WireKeyframe } from '../geometry/shapes/kind';
import { ringsMatched } from '../geometry/matching';
import type { Pair } from '../geometry/points';
import { documentFromWire, trackToWire } from './wire';
import { saidUpTo, shapeOfTrack, trackAt } from './tracks';

type Case = {
  name: string;
  of?: string;
  keyframes: WireKeyframe[];
  at: {
    frame: number;
    absent?: boolean;
    is_keyframe?: boolean;
    outside?: boolean;
    occluded?: boolean;
    attributes?: object;
    geometry?: WireGeometry;
  }[];
};

// Shared with the Python tests; vitest runs in frontend/.
const { track_at: cases } = JSON.parse(readFileSync(resolve('../tests/vectors/tracks.json'), 'utf8')) as {
  track_at: Case[];
};

function trackOf({ of, keyframes }: Case) {
  const geometry = of === undefined ? { keyframes } : { of, keyframes };
  const row = { region_id: 't', label_id: 'l', shape: 'track', geometry } as const;
  return documentFromWire({ regions: [row], tags: [] }).tracks[0]!;
}

/** Numbers to within 1e-9. */
function close(given: unknown, wanted: unknown): void {
  if (typeof wanted === 'number') return expect(given).toBeCloseTo(wanted, 9);
  if (typeof wanted !== 'object' || wanted === null) return expect(given).toBe(wanted);
  expect(Object.keys(given as object)).toEqual(Object.keys(wanted));
  for (const [key, value] of Object.entries(wanted)) close((given as Record<string, unknown>)[key], value);
}

describe('tracks at frames', () => {
  it.each(cases)('as in Python: $name', (each) => {
    const track = trackOf(each);
    if (each.keyframes.length > 0) expect(shapeOfTrack(track)).toBe(each.of ?? 'box');
    for (const wanted of each.at) {
      const place = trackAt(track, wanted.frame);
      if (wanted.absent) {
        expect(place).toBeNull();
        continue;
      }
      close(place?.shape ? shapeToWire(place.shape) : {}, wanted.geometry);
      const { outside = false, occluded = false, is_keyframe: isKeyframe, attributes = {} } = wanted;
      expect(place).toMatchObject({ outside, occluded, isKeyframe });
      expect(saidUpTo(track, wanted.frame)).toEqual(attributes);
    }
  });

  it.each(cases.filter((each) => each.of !== undefined))('goes out as it came in: $name', (each) => {
    expect(trackToWire(trackOf(each)).geometry).toEqual({ of: each.of, keyframes: each.keyframes });
  });

  it('keeps who set a keyframe and how sure it was', () => {
    const keyframes: WireKeyframe[] = [
      { frame: 0, box: [0, 0, 9, 9], outside: false, occluded: false, by: 'tracker', confidence: 0.5 },
    ];
    const track = trackOf({ name: '', of: 'box', keyframes, at: [] });
    expect(trackToWire(track).geometry).toEqual({ of: 'box', keyframes });
  });

  it('goes through all vertices of both outlines', () => {
    const square: Pair[] = [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
    ];
    const other: Pair[] = [
      [30, 0],
      [31, 7],
      [34, 14],
      [39, 21],
      [46, 30],
      [55, 25],
      [66, 20],
    ];
    for (const [a, b] of [
      [square, other],
      [other, square],
    ] as const) {
      const matched = ringsMatched(a, b);
      for (const vertex of a) expect(matched.map(([p]) => p)).toContainEqual(vertex);
      for (const vertex of b) expect(matched.map(([, q]) => q)).toContainEqual(vertex);
    }
  });
});
