import { expect, it } from 'vitest';

import type { WireRegion } from '@/canvas/document/wire';
import { shapeBounds } from '@/canvas/geometry/shape';
import { Headless } from '@/canvas/testing/headless';
import type { Label } from '@/types/api';

import { diffLabels, showDiff } from './show-diff';

const labels = [{ id: 'a', name: 'pallet', color: '#888888' }] as Label[];
const names = { kept: 'Kept', changed: 'Changed', added: 'Added', removed: 'Removed' };

it('shows an object that was taken away without a score, whatever the slider says', () => {
  const { editor } = new Headless();
  const region: WireRegion = {
    region_id: 'gone',
    label_id: 'a',
    shape: 'box',
    geometry: { box: [10, 10, 60, 60] },
    score: 0.4,
  };
  editor.setThreshold(0.9);
  showDiff(editor, [{ id: 'gone', status: 'removed', region }], labels, true, names);
  const item = editor.itemSet.get('gone');
  expect(item).toMatchObject({ kind: 'suggestion', score: null });
});

it('draws a track that was taken away on the frames it was on, and lists it under its label', () => {
  const { editor } = new Headless();
  const at = (frame: number, outside: boolean) => ({
    frame,
    outside,
    occluded: false,
    box: [frame, 10, frame + 50, 60] as [number, number, number, number],
  });
  const region: WireRegion = {
    region_id: 'gone',
    label_id: 'a',
    shape: 'track',
    geometry: { of: 'box', keyframes: [at(4, false), at(8, false), at(12, true)] },
  };
  editor.setFrame(6);
  showDiff(editor, [{ id: 'gone', status: 'removed', region }], labels, true, names);
  const item = editor.itemSet.get('gone');
  expect(item?.kind).toBe('suggestion');
  expect(item && shapeBounds(item.shape)).toMatchObject({ x1: 6, x2: 56 });
  expect(diffLabels(labels, true).get(item?.labelId ?? '')).toMatchObject({
    name: 'pallet',
    color: '#ff5c5c',
  });
  for (const away of [2, 12]) {
    editor.setFrame(away);
    expect(editor.itemSet.get('gone')).toBeUndefined();
  }
  // Where labels are looked at, and not changes, what is gone is not there.
  editor.setFrame(6);
  showDiff(editor, [{ id: 'gone', status: 'removed', region }], labels, false, names);
  expect(editor.itemSet.get('gone')).toBeUndefined();
});
