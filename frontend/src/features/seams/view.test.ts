import { describe, expect, it } from 'vitest';

import type { Link, Pair, Piece, Seam } from './api';
import { chosenIn, firstChoice, framesWith, middleOf, sayable, withPiece } from './view';

const BOX = [0, 0, 10, 10];

const piece = (region_id: string, boxes: Piece['boxes'] = [BOX, BOX, BOX], label_id = 'person'): Piece => ({
  region_id,
  label_id,
  shape: 'box',
  frame_first: 0,
  frame_last: 9,
  boxes,
  nearest_frame: 9,
  nearest_box: BOX,
});
const pair: Pair = { earlier: piece('a'), later: piece('b'), is_by_hand: false, overlap: 0.6 };
const link = (earlier_region: string, later_region: string): Link => ({
  earlier_region,
  later_region,
  kind: 'apart',
  made_by: null,
  made_at: '2026-01-01T00:00:00Z',
  earlier: null,
  later: null,
  no_effect: '',
});
const seamOf = (given: Partial<Seam>): Seam => ({
  number: 1,
  frame_start: 10,
  frame_end: 13,
  waits_for: [],
  frames: [10, 11, 12],
  pairs: [],
  earlier: [],
  later: [],
  links: [],
  ...given,
});

describe('what is chosen at a seam', () => {
  const seam = seamOf({ pairs: [pair], earlier: [piece('c')], later: [piece('d')] });

  it('is the first pair at first, else what is left over on each side', () => {
    expect(firstChoice(seam)).toEqual({ earlier: 'a', later: 'b' });
    expect(firstChoice(seamOf({ later: [piece('d')] }))).toEqual({ earlier: null, later: 'd' });
  });

  it('lets a pair go for a track that is left over, and takes one on each side of those', () => {
    const one = withPiece(seam, { earlier: 'a', later: 'b' }, 'later', 'd');
    expect(one).toEqual({ earlier: null, later: 'd' });
    const both = withPiece(seam, one, 'earlier', 'c');
    expect(both).toEqual({ earlier: 'c', later: 'd' });
    expect(withPiece(seam, both, 'later', 'd')).toEqual({ earlier: 'c', later: null });
  });

  it.each([
    ['a pair is parted', seam, { earlier: 'a', later: 'b' }, [false, true, false]],
    ['two that are left over are joined', seam, { earlier: 'c', later: 'd' }, [true, false, false]],
    ['one alone is not', seam, { earlier: 'c', later: null }, [false, false, false]],
    [
      'two of different labels are not',
      seamOf({ earlier: [piece('c')], later: [piece('d', [], 'van')] }),
      { earlier: 'c', later: 'd' },
      [false, false, false],
    ],
    [
      'what was parted is joined or taken back',
      seamOf({ earlier: [piece('c')], later: [piece('d')], links: [link('c', 'd')] }),
      { earlier: 'c', later: 'd' },
      [true, false, true],
    ],
    [
      'a link whose tracks are gone is taken back alone',
      seamOf({ links: [link('x', 'y')] }),
      { earlier: 'x', later: 'y' },
      [false, false, true],
    ],
  ])('%s', (_, given, choice, expected) => {
    const { join, part, forget } = sayable(chosenIn(given, choice));
    expect([join, part, forget]).toEqual(expected);
  });
});

describe('the frame that is shown', () => {
  it('is the one nearest to the middle that has both', () => {
    const both = [piece('c', [BOX, null, BOX]), piece('d', [null, null, BOX])];
    const seam = seamOf({});
    expect(framesWith(seam, both)).toEqual([2]);
    expect(middleOf(seam, [0, 2, 1])).toBe(1);
    expect(middleOf(seam, [])).toBeUndefined();
  });
});
