import { describe, expect, it } from 'vitest';

import { screenPoint } from '../geometry/points';
import { box, Headless } from '../testing/headless';
import { chipText, layChips } from './chips';

const pen = { measureText: () => ({ width: 40 }) } as unknown as CanvasRenderingContext2D;

describe('tags', () => {
  const h = new Headless({ regions: [box('a', 100, 100, 130, 160)] });
  const item = h.editor.itemSet.get('a');
  if (!item) throw new Error('the box is not there');
  const entry = { item, shape: item.shape, style: h.editor.styleOf(item.labelId) };

  it.each([
    ['starts where the shape does', undefined, (chip: number, left: number) => chip === left],
    [
      'keeps beside the grip that turns a narrow shape',
      15,
      (chip: number, left: number) => chip + 50 < left + 15,
    ],
    ['stays where the grip is far off', 300, (chip: number, left: number) => chip === left],
  ])('%s', (_, gripX, holds) => {
    const view = h.editor.viewport;
    const [plain] = layChips(pen, [entry], view, true);
    const left = plain?.x ?? NaN;
    const grip = gripX === undefined ? {} : { grip: screenPoint(left + gripX, 0) };
    const [chip] = layChips(pen, [{ ...entry, ...grip }], view, true);
    expect(holds(chip?.x ?? NaN, left)).toBe(true);
  });
});

it('says the score of a suggestion only where a model gave one', () => {
  const h = new Headless({ regions: [box('a', 100, 100, 130, 160)] });
  const item = h.editor.itemSet.get('a');
  if (!item) throw new Error('the box is not there');
  const style = { ...h.editor.styleOf(item.labelId), name: 'pallet' };
  const text = (score: number | null) => chipText({ ...item, kind: 'suggestion', score }, style);
  expect([text(0.713), text(0), text(null)]).toEqual(['pallet 71', 'pallet 0', 'pallet']);
});
