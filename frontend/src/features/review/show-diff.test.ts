import { expect, it } from 'vitest';

import type { WireRegion } from '@/canvas/document/wire';
import { Headless } from '@/canvas/testing/headless';
import type { Label } from '@/types/api';

import { showDiff } from './show-diff';

it('shows an object that was taken away without a score, whatever the slider says', () => {
  const { editor } = new Headless();
  const region: WireRegion = {
    region_id: 'gone',
    label_id: 'a',
    shape: 'box',
    geometry: { box: [10, 10, 60, 60] },
    score: 0.4,
  };
  const labels = [{ id: 'a', name: 'pallet', color: '#888888' }] as Label[];
  const names = { kept: 'Kept', changed: 'Changed', added: 'Added', removed: 'Removed' };
  editor.setThreshold(0.9);
  showDiff(editor, [{ id: 'gone', status: 'removed', region }], labels, true, names);
  const item = editor.itemSet.get('gone');
  expect(item).toMatchObject({ kind: 'suggestion', score: null });
});
