import { describe, expect, it } from 'vitest';

import { timeAgo, timeSince } from './time';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe('how long ago, and for how long', () => {
  it.each([
    [3, 'just now', 'a few seconds'],
    [45, '45 seconds ago', '45 seconds'],
    [60, '1 minute ago', '1 minute'],
    [17 * 60, '17 minutes ago', '17 minutes'],
    [3 * 3600, '3 hours ago', '3 hours'],
    [86_400, 'yesterday', '1 day'],
    [400 * 86_400, 'last year', '1 year'],
  ])('%i s: %s, for %s', (seconds, ago, lasted) => {
    expect(timeAgo(before(seconds), NOW)).toBe(ago);
    expect(timeSince(before(seconds), NOW)).toBe(lasted);
  });

  it('has lasted no time where the clock of this machine lags', () => {
    expect(timeSince(before(-30), NOW)).toBe('a few seconds');
  });
});
