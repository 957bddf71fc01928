import { describe, expect, it } from 'vitest';

import { bytes, count, NONE, percent, plural, score } from '@/lib/numbers';

describe('numbers on the screen', () => {
  it('scores are read without their zero, and below it with a minus sign', () => {
    expect([0.7134, 1, 0, -0.124, -0.001].map((value) => score(value))).toEqual([
      '.71',
      '1.00',
      '.00',
      '−.12',
      '.00',
    ]);
    expect(score(0.7134, 3)).toBe('.713');
  });

  it('what is missing is a dash, never a zero', () => {
    expect([score(null), count(undefined), percent(null), bytes(null)]).toEqual([NONE, NONE, NONE, NONE]);
  });

  it('a number and its unit stay on one line', () => {
    expect([percent(0.4137), bytes(1_500_000), bytes(999)]).toEqual([
      '41\u00a0%',
      '1.5\u00a0MB',
      '999\u00a0B',
    ]);
  });

  it('one is one, thousands are parted', () => {
    expect([
      plural(1, 'picture'),
      plural(3, 'picture'),
      plural(2, 'class', 'classes'),
      count(12_345),
    ]).toEqual(['1 picture', '3 pictures', '2 classes', '12,345']);
  });
});
