// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { boxShape } from '../geometry/shapes/box';
import { polygonShape } from '../geometry/shapes/paths';
import { box } from '../testing/headless';
import type { Tag, Track } from './model';
import { stateOf } from './model';
import {
  decisionsToWire,
  documentFromWire,
  suggestionFromWire,
  labelsToWire,
  opsToWire,
  regionToWire,
  WireShapeError,
  type WireSuggestion,
} from './wire';

const ring = polygonShape(
  [
    [0, 0],
    [9, 0],
    [0, 9],
  ],
  [
    [
      [1, 1],
      [2, 1],
      [1, 2],
    ],
  ],
);
const regions = [
  box('a', 1, 2, 3, 4, { attributes: { colour: 'red' }, score: 0.5, suggestionId: 's', source: 'model' }),
  box('b', 0, 0, 0, 0, { shape: ring, zIndex: 3 }),
  box('c', 0, 0, 0, 0, { shape: boxShape({ x1: 0, y1: 0, x2: 8, y2: 4 }, 30) }),
];
const tag: Tag = { id: 't', labelId: 'night', attributes: {}, source: 'person', suggestionId: null };
const track: Track = {
  ...tag,
  id: 'k',
  hidden: false,
  locked: false,
  keyframes: [
    { frame: 0, shape: boxShape({ x1: 0, y1: 0, x2: 8, y2: 4 }), outside: false, occluded: true },
    { frame: 9, shape: boxShape({ x1: 4, y1: 0, x2: 9, y2: 4 }), outside: true, occluded: false },
  ],
};

const offered = (id: string, state: string, shape = 'box'): WireSuggestion => ({
  id,
  label_id: 'l',
  score: 0.5,
  shape,
  geometry: shape === 'box' ? { box: [0, 0, 1, 1] } : {},
  state,
});

describe('wire', () => {
  it('brings every kind of row there and back', () => {
    const labels = labelsToWire(stateOf({ regions, tags: [tag], tracks: [track] }));
    const there = JSON.parse(JSON.stringify(labels)) as typeof labels;
    const back = documentFromWire(there);
    expect(back).toMatchObject({ regions, tracks: [track], suggestions: [] });
    expect(back.tags).toMatchObject([{ labelId: 'night' }]);
  });

  it('writes a box as four numbers', () => {
    const wire = regionToWire(box('a', 1, 2, 3, 4));
    expect(wire).toMatchObject({ region_id: 'a', shape: 'box', geometry: { box: [1, 2, 3, 4] } });
  });

  it('reads suggestions; a superseded one is not open', () => {
    const list = [offered('1', 'open'), offered('2', 'superseded'), offered('3', 'open', 'tag')];
    const { suggestions } = documentFromWire({ regions: [], tags: [] }, list);
    expect(suggestions.map((each) => [each.status, each.shape?.type])).toEqual([
      ['open', 'box'],
      ['rejected', 'box'],
      ['open', undefined],
    ]);
  });

  it('shows what a draft used as decided, and what a journal remembers as rejected', () => {
    const drawn = [
      box('a', 0, 0, 1, 1, { suggestionId: '1', source: 'model' }),
      box('b', 0, 0, 2, 2, { suggestionId: '2' }),
    ];
    const labels = labelsToWire(stateOf({ regions: drawn }));
    const list = ['1', '2', '3', '4'].map((id) => offered(id, 'open'));
    const data = documentFromWire(labels, list, [{ suggestion_id: '3', state: 'rejected' }]);
    expect(data.suggestions.map((each) => each.status)).toEqual(['accepted', 'fixed', 'rejected', 'open']);
    expect(decisionsToWire(stateOf(data), list)).toEqual([
      { suggestion_id: '1', state: 'accepted' },
      { suggestion_id: '2', state: 'fixed' },
      { suggestion_id: '3', state: 'rejected' },
    ]);
    expect(decisionsToWire(stateOf(data), [])).toEqual([]);
  });

  it('refuses a geometry that is not what the row says', () => {
    const wrong = { ...regionToWire(box('a', 1, 2, 3, 4)), shape: 'polygon' as const };
    expect(() => documentFromWire({ regions: [wrong], tags: [] })).toThrow(WireShapeError);
  });

  it('sends tracks as regions, tags as the whole list once, decisions not at all', () => {
    const [suggestion] = documentFromWire({ regions: [], tags: [] }, [offered('1', 'open')]).suggestions;
    const ops = opsToWire(
      [
        { op_id: '1', op: 'put_tag', tag },
        { op_id: '2', op: 'delete', region: box('a', 0, 0, 1, 1) },
        { op_id: '3', op: 'put_track', track },
        { op_id: '4', op: 'delete_tag', tag },
        { op_id: '5', op: 'decide', suggestion: suggestion! },
      ],
      stateOf({ tags: [tag] }),
    );
    expect(ops).toMatchObject([
      { op_id: '2', op: 'delete', region_id: 'a' },
      { op_id: '3', op: 'put', region: { region_id: 'k', shape: 'track' } },
      { op_id: '4', op: 'tags', tags: ['night'] },
    ]);
  });
});

it('a suggested track is read with its keyframes, and shown decided once a draft holds it', () => {
  const keyframes = [
    { frame: 4, box: [1, 2, 30, 40], outside: false, occluded: false, by: 'tracker', confidence: 0.7 },
    { frame: 9, box: [5, 2, 35, 40], outside: true, occluded: false, by: 'tracker', confidence: 0.7 },
  ];
  const wire = { id: 's', label_id: 'l', shape: 'track', geometry: { keyframes }, score: 0.7, state: 'open' };
  const read = suggestionFromWire(wire);
  expect(read.track?.map(({ frame, outside, by }) => [frame, outside, by])).toEqual([
    [4, false, 'tracker'],
    [9, true, 'tracker'],
  ]);
  expect(read.shape).toEqual(read.track?.[0]?.shape);
  const region = {
    region_id: 'r',
    label_id: 'l',
    shape: 'track' as const,
    geometry: { keyframes },
    source: 'model' as const,
    suggestion_id: 's',
  };
  const { suggestions } = documentFromWire({ regions: [region], tags: [] }, [wire]);
  expect(suggestions[0]).toMatchObject({ status: 'accepted', regionId: 'r' });
});
