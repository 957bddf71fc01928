// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { skeletonShape, type Visibility } from '../geometry/shapes/skeleton';
import { keyframeAt as at } from '../testing/headless';
import { changesOf, coursesOf, keyframesOf, type Course } from './changes';
import { stateOf, type Keyframe, type Suggestion, type Track } from './model';

const course = (keyframes: Keyframe[], attributes: Course['attributes'] = {}): Course => ({
  keyframes,
  attributes,
});
const bodyAt = (frame: number, v: Visibility): Keyframe =>
  at(frame, { shape: skeletonShape([{ x: frame, y: 0, v }]) });

describe('the frames on which something changes', () => {
  it.each<[string, Course[], number[]]>([
    ['nothing', [], []],
    ['a track without keyframes', [course([])], []],
    ['it begins; what only moves does not change', [course([at(3), at(9), at(12)])], [3]],
    ['it leaves and comes back', [course([at(3), at(7, { outside: true }), at(20)])], [3, 7, 20]],
    ['away it stays away', [course([at(3), at(7, { outside: true }), at(8, { outside: true })])], [3, 7]],
    ['away from the start it begins where it comes', [course([at(0, { outside: true }), at(5)])], [5]],
    [
      'covered, and no more',
      [course([at(3), at(5, { occluded: true }), at(6, { occluded: true }), at(8)])],
      [3, 5, 8],
    ],
    [
      'covered while away is not seen',
      [course([at(3), at(5, { outside: true, occluded: true }), at(6, { outside: true })])],
      [3, 5],
    ],
    [
      'an attribute with another value, not with the same one again',
      [
        course([at(3), at(5, { attributes: { load: 'empty' } }), at(7, { attributes: { load: 'full' } })], {
          load: 'empty',
        }),
      ],
      [3, 7],
    ],
    [
      'an attribute taken back; one that nobody gave stays not given',
      [
        course(
          [at(3), at(5, { attributes: { load: null, plate: null } }), at(6, { attributes: { load: null } })],
          { load: 'empty' },
        ),
      ],
      [3, 5],
    ],
    ['an empty text is no value', [course([at(3), at(5, { attributes: { load: '' } })])], [3]],
    [
      'what is said while it is away is seen when it comes back',
      [
        course([
          at(3),
          at(5, { outside: true, attributes: { load: 'full' } }),
          at(9, { outside: true, attributes: { load: 'half' } }),
          at(12),
        ]),
      ],
      [3, 5, 12],
    ],
    ['a keypoint seen otherwise', [course([bodyAt(1, 2), bodyAt(4, 2), bodyAt(6, 1)])], [1, 6]],
    [
      'a tag over some frames',
      [course([at(2, { shape: null }), at(8, { shape: null, outside: true })])],
      [2, 8],
    ],
    [
      'of several, each frame once',
      [course([at(9), at(20, { outside: true })]), course([at(2), at(9, { occluded: true })])],
      [2, 9, 20],
    ],
  ])('%s', (_, courses, expected) => {
    expect(changesOf(courses)).toEqual(expected);
  });
});

const track = (id: string, frame: number, hidden = false): Track => ({
  id,
  labelId: 'truck',
  attributes: {},
  source: 'person',
  suggestionId: null,
  hidden,
  locked: false,
  keyframes: [at(frame), at(frame + 5)],
});
const suggested: Suggestion = {
  id: 'maybe',
  labelId: 'truck',
  shape: at(50).shape,
  track: [at(50), at(60, { outside: true })],
  attributes: {},
  score: 0.5,
  status: 'open',
  regionId: null,
};

it.each<[string, string[], number[]]>([
  ['all that are not hidden', [], [1, 6, 11, 16]],
  ['those chosen, hidden ones too', ['two', 'unseen'], [11, 16, 21, 26]],
  ['a chosen suggested track', ['maybe'], [50, 60]],
  ['one that is gone', ['gone'], []],
])('keyframes of %s', (_, chosen, expected) => {
  const tracks = [track('one', 1), track('two', 11), track('unseen', 21, true)];
  expect(keyframesOf(coursesOf(stateOf({ tracks, suggestions: [suggested] }), chosen))).toEqual(expected);
});

it('counts with all what is dashed, where that is asked for', () => {
  const state = stateOf({ tracks: [track('one', 1)], suggestions: [suggested] });
  expect(keyframesOf(coursesOf(state, [], undefined, [suggested]))).toEqual([1, 6, 50, 60]);
  expect(keyframesOf(coursesOf(state, ['one'], undefined, [suggested]))).toEqual([1, 6]);
});

it.each<[string, boolean, (string | null)[], number[]]>([
  ['a required attribute taken back has its default again', true, [null], [1]],
  ['a required attribute emptied has its default again', true, [''], [1]],
  ['another value, and the default again', true, ['full', null], [1, 2, 3]],
  ['the default said', true, ['empty'], [1]],
  ['one that need not be said is taken back', false, [null], [1, 2]],
])('of a label with defaults: %s', (_, required, values, expected) => {
  const label = { id: 'truck', name: 'truck', attributes: [{ id: 'load', required, default: 'empty' }] };
  const keyframes = [at(1), ...values.map((load, index) => at(index + 2, { attributes: { load } }))];
  const state = stateOf({ tracks: [{ ...track('one', 1), keyframes }] });
  expect(changesOf(coursesOf(state, [], () => label))).toEqual(expected);
});

it('what a former label said, said again, is no change', () => {
  const label = { id: 'truck', name: 'truck', attributes: [] };
  const keyframes = [at(1), at(2, { attributes: { old: 'yes' } })];
  const state = stateOf({ tracks: [{ ...track('one', 1), attributes: { old: 'yes' }, keyframes }] });
  expect(changesOf(coursesOf(state, [], () => label))).toEqual([1]);
});
