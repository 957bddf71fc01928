import { describe, expect, it } from 'vitest';

import type { WireLabels, WireRegion } from '@/canvas/document/wire';

import { changesBetween, merge, resolve, sameRegion } from './merge';

const region = (id: string, x = 0, more: Partial<WireRegion> = {}): WireRegion => ({
  region_id: id,
  label_id: 'l',
  shape: 'box',
  geometry: { box: [x, 0, x + 10, 10] },
  ...more,
});
const poly = (corner: [number, number]): Partial<WireRegion> => ({
  shape: 'polygon',
  geometry: { points: [corner, [9, 0], [9, 9]], holes: [] },
});
const labels = (regions: WireRegion[], tags: string[] = []): WireLabels => ({ regions, tags });
const ids = (all: WireLabels) => all.regions.map((row) => row.region_id).sort();

describe('merge', () => {
  it('keeps what either side did where they touched different objects', () => {
    const base = labels([region('a'), region('b'), region('c')], ['night']);
    const mine = labels([region('a', 5), region('b'), region('new')], ['night', 'rain']);
    const theirs = labels([region('a'), region('b', 7), region('c'), region('other')], []);
    const { labels: merged, conflicts } = merge(changesBetween(base, mine), theirs);
    expect(conflicts).toEqual([]);
    expect(ids(merged)).toEqual(['a', 'b', 'new', 'other']);
    expect(merged.regions.find((row) => row.region_id === 'a')?.geometry.box?.[0]).toBe(5);
    expect(merged.regions.find((row) => row.region_id === 'b')?.geometry.box?.[0]).toBe(7);
    expect(merged.tags).toEqual(['rain']);
  });

  it('asks only where both changed one object differently', () => {
    const base = labels([region('a'), region('same')]);
    const mine = labels([region('a', 1), region('same', 4)]);
    const theirs = labels([region('a', 2), region('same', 4)]);
    const merged = merge(changesBetween(base, mine), theirs);
    expect(merged.conflicts.map((each) => each.id)).toEqual(['a']);
    const box = (choice: 'mine' | 'theirs') =>
      resolve(merged, new Map([['a', choice]]), () => 'twin').regions[0]?.geometry.box?.[0];
    expect([box('mine'), box('theirs')]).toEqual([1, 2]);
    expect(resolve(merged, new Map(), () => 'twin').regions[0]?.geometry.box?.[0]).toBe(2);
    expect(ids(resolve(merged, new Map([['a', 'both']]), () => 'twin'))).toEqual(['a', 'same', 'twin']);
  });

  it('lets a person choose between a deletion and a change', () => {
    const base = labels([region('a')]);
    const merged = merge(changesBetween(base, labels([])), labels([region('a', 3)]));
    expect(merged.conflicts).toEqual([{ id: 'a', mine: null, theirs: region('a', 3) }]);
    expect(resolve(merged, new Map([['a', 'mine']]), () => 'x').regions).toEqual([]);
    expect(ids(resolve(merged, new Map([['a', 'both']]), () => 'x'))).toEqual([]);
  });

  it('a keyframe that takes an attribute back is a change', () => {
    const track = (attributes: Record<string, unknown>) =>
      region('t', 0, {
        shape: 'track',
        geometry: {
          of: 'box',
          keyframes: [{ frame: 3, box: [0, 0, 9, 9], outside: false, occluded: false, attributes }],
        },
      });
    expect(sameRegion(track({ load: 'full' }), track({ load: 'full', plate: null }))).toBe(false);
    expect(sameRegion(track({ plate: null, load: null }), track({ load: null, plate: null }))).toBe(true);
  });

  it('does not take what only the server says for a change', () => {
    expect(sameRegion(region('a', 0, { source: 'model', score: 0.4 }), region('a'))).toBe(true);
    expect(sameRegion(region('a', 0, { attributes: { k: 1 } }), region('a'))).toBe(false);
    expect(sameRegion(region('a', 0, { attributes: { k: 0 } }), region('a'))).toBe(false);
  });

  it.each<[string, Partial<WireRegion>, Partial<WireRegion>, boolean]>([
    ['spelling', { geometry: { box: [0, 0, 1, 1], rotation: 0 } }, { geometry: { box: [0, 0, 1, 1] } }, true],
    ['order', { attributes: { a: 1, b: 2 } }, { attributes: { b: 2, a: 1 } }, true],
    ['covered', { occluded: true }, {}, false],
    ['group', { group_id: 'g' }, {}, false],
    ['any shape', poly([0, 0]), poly([0, 1]), false],
    ['any shape, same', poly([0, 1]), poly([0, 1]), true],
  ])('compares what a person made, in whatever shape: %s', (_name, a, b, same) => {
    expect(sameRegion(region('a', 0, a), region('a', 0, b))).toBe(same);
  });
});
