import { describe, expect, it } from 'vitest';

import { boxShape, polygonShape } from '../geometry/shape';
import { box } from '../testing/headless';
import type { Tag, Track } from './model';
import { documentFromWire, opToWire, regionToWire, tagToWire, trackToWire, WireShapeError } from './wire';

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
    { frame: 9, shape: boxShape({ x1: 4, y1: 0, x2: 9, y2: 4 }, 12), outside: true, occluded: false },
  ],
};

describe('wire', () => {
  it('brings every kind of row there and back', () => {
    const rows = [...regions.map(regionToWire), tagToWire(tag), trackToWire(track)];
    const there = JSON.parse(JSON.stringify(rows)) as typeof rows;
    expect(documentFromWire(there)).toEqual({ regions, tags: [tag], tracks: [track], suggestions: [] });
  });

  it('writes a box as four numbers', () => {
    expect(regionToWire(box('a', 1, 2, 3, 4))).toMatchObject({
      shape: 'box',
      geometry: { box: [1, 2, 3, 4] },
    });
  });

  it('reads suggestions; a superseded one is not open', () => {
    const base = { label_id: 'l', score: 0.5, geometry: { box: [0, 0, 1, 1] }, shape: 'box' as const };
    const { suggestions } = documentFromWire(
      [],
      [
        { ...base, id: '1', state: 'open' },
        { ...base, id: '2', state: 'superseded' },
        { ...base, id: '3', state: 'open', shape: 'tag', geometry: {} },
      ],
    );
    expect(suggestions.map((each) => [each.status, each.shape?.type])).toEqual([
      ['open', 'box'],
      ['rejected', 'box'],
      ['open', undefined],
    ]);
  });

  it('refuses a geometry that is not what the row says', () => {
    const wrong = { ...regionToWire(box('a', 1, 2, 3, 4)), shape: 'polygon' as const };
    expect(() => documentFromWire([wrong])).toThrow(WireShapeError);
  });

  it('sends tags and tracks as rows, decisions not at all', () => {
    expect(opToWire({ op_id: 'o', op: 'delete_tag', tag })).toMatchObject({
      op: 'delete',
      region: { shape: 'tag' },
    });
    expect(opToWire({ op_id: 'o', op: 'put_track', track })).toMatchObject({
      op: 'put',
      region: { id: 'k' },
    });
    const suggestion = documentFromWire(
      [],
      [{ id: '1', label_id: 'l', shape: 'tag', geometry: {}, score: 1, state: 'open' }],
    ).suggestions[0]!;
    expect(opToWire({ op_id: 'o', op: 'decide', suggestion })).toBeNull();
  });
});
