import { describe, expect, it } from 'vitest';

import { filled, howGood, labelsOf, spent } from './figures';

describe('time', () => {
  it.each([
    [0, '0\u00a0min'],
    [0.2, '1\u00a0min'],
    [40, '40\u00a0min'],
    [240, '4\u00a0h'],
    [270, '4.5\u00a0h'],
    [1234, '21\u00a0h'],
  ])('%s minutes are %s', (minutes, words) => {
    expect(spent(minutes)).toBe(words);
  });

  it('fills nobody past all of their time', () => {
    expect(filled({ in_hand: 30, planned: 60, minutes: 120 })).toEqual([0.25, 0.5]);
    expect(filled({ in_hand: 300, planned: 0, minutes: 120 })).toEqual([1, 0]);
    expect(filled({ in_hand: 0, planned: 5, minutes: 0 })).toEqual([0, 0]);
  });
});

describe('how good a plan is', () => {
  it('says that the solver had no answer', () => {
    expect(howGood({ method: 'greedy', gap: null })).toContain('no answer in time');
  });
  it('says how far the best may be', () => {
    expect(howGood({ method: 'optimised', gap: 0.0021 })).toBe(
      'A solved plan: no other is better by more than 0.2\u00a0%.',
    );
    expect(howGood({ method: 'optimised', gap: 0 })).toBe('The best plan there is.');
    expect(howGood({ method: 'greedy', gap: 0.05 })).toContain('5\u00a0%');
  });
});

describe('labels of a person', () => {
  it('are all where all or none are named', () => {
    expect(labelsOf([], ['a', 'b'])).toBeNull();
    expect(labelsOf(['b', 'a'], ['a', 'b'])).toBeNull();
    expect(labelsOf(['b'], ['a', 'b'])).toEqual(['b']);
  });
});
