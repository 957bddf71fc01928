// @vitest-environment node
import { expect, it } from 'vitest';

import type { Keyframe, Suggestion, Track } from './document/model';
import { nearestFrame } from './document/tracks';
import { boxShape } from './geometry/shapes/box';
import { Headless } from './testing/headless';

const shape = boxShape({ x1: 10, y1: 10, x2: 40, y2: 40 });
const keyframe = (frame: number, outside = false): Keyframe => ({ frame, shape, outside, occluded: false });

const AWAY: Track = {
  id: 'away',
  labelId: 'truck',
  attributes: {},
  source: 'person',
  suggestionId: null,
  keyframes: [keyframe(10), keyframe(20, true), keyframe(60), keyframe(70, true)],
  hidden: false,
  locked: false,
};
const suggested = (id: string, frame: number, score: number): Suggestion => ({
  id,
  labelId: 'truck',
  shape,
  track: [keyframe(frame), keyframe(frame + 5, true)],
  attributes: {},
  score,
  status: 'open',
  regionId: null,
});

/** At frame 0 of a video whose frames come at once. */
function video(): { h: Headless; sought: number[] } {
  const h = new Headless({
    tracks: [AWAY],
    suggestions: [suggested('one', 0, 0.9), suggested('two', 80, 0.8)],
  });
  const sought: number[] = [];
  h.editor.onSeek((frame) => {
    sought.push(frame);
    h.editor.setFrame(frame);
  });
  h.editor.setFrame(0, 100);
  return { h, sought };
}

it('the nearest frame on which a track is there, itself where it is', () => {
  expect([0, 15, 30, 50, 99].map((frame) => nearestFrame(AWAY, frame))).toEqual([10, 15, 19, 60, 69]);
  expect(nearestFrame({ keyframes: [] }, 3)).toBeNull();
});

it('to go to a track that is not shown brings its frame, and selects it', () => {
  const { h, sought } = video();
  h.editor.focusOn('away');
  expect([sought, h.editor.selection]).toEqual([[10], ['away']]);
  h.editor.focusOn('away');
  expect([sought, h.editor.viewport.scale > 1]).toEqual([[10], true]);
});

it('the next suggested track to decide is brought into sight', () => {
  const { h, sought } = video();
  h.editor.select(['one']);
  h.editor.accept();
  expect([sought, h.editor.selection]).toEqual([[80], ['two']]);
  expect(h.editor.selectedItems()).toHaveLength(1);
});
