import { describe, expect, it } from 'vitest';

import {
  amount,
  axisTop,
  barsOf,
  legendOf,
  measuresOf,
  shiftDay,
  siteDay,
  type Counts,
  type Series,
} from './counts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-26T06:00:00Z');
const at = (hour: number) => new Date(START + hour * HOUR_MS).toISOString();

function series(over: Partial<Series>): Series {
  const none = [null, null, null];
  return {
    part: 'view',
    part_id: null,
    name: '',
    label_id: null,
    label: '',
    color: '',
    exposure_s: [3600, 1800, 0],
    tracks: none,
    mean: none,
    peak: none,
    stays: none,
    dwell_s: none,
    forward: none,
    backward: none,
    incidents: none,
    near_misses: none,
    speed_m_s: none,
    speed_peak_m_s: none,
    ...over,
  };
}

function counts(...all: Series[]): Counts {
  const bins = [0, 1, 2].map((hour) => ({ at: at(hour), ends_at: at(hour + 1), seconds: 3600 }));
  return { time_zone: 'America/Chicago', bin: 'hour', feeds: 1, bins, series: all };
}

describe('bars of counts', () => {
  const two = counts(
    series({ tracks: [5, 0, null], peak: [3, 0, null] }),
    series({ label_id: 'a', label: 'person', color: '#123', tracks: [4, 0, null] }),
    series({ label_id: 'b', label: 'forklift', color: '#456', tracks: [1, 0, null] }),
  );

  it('stack labels where numbers add up, and a bin nobody watched has no value', () => {
    const bars = barsOf(two, 'view', 'tracks', START + 3 * HOUR_MS);
    expect(bars.map(({ value }) => value)).toEqual([5, 0, null]);
    expect(bars[0]?.pieces.map(({ name, value }) => [name, value])).toEqual([
      ['person', 4],
      ['forklift', 1],
    ]);
    expect(bars.map(({ watched }) => watched)).toEqual([1, 0.5, 0]);
    expect(legendOf(bars).map(({ name }) => name)).toEqual(['person', 'forklift']);
  });

  it('show one number for all where labels do not add up', () => {
    const [first] = barsOf(two, 'view', 'peak', START + 3 * HOUR_MS);
    expect([first?.value, first?.pieces.length]).toEqual([3, 1]);
  });

  it('judge the hour at hand by what is past of it, and leave open what lies ahead', () => {
    const bars = barsOf(two, 'view', 'tracks', START + 1.5 * HOUR_MS);
    expect(bars.map(({ watched }) => watched)).toEqual([1, 1, null]);
  });

  it('show crossings of a line by direction', () => {
    const line = series({
      part: 'line',
      part_id: 'l',
      name: 'Gate',
      forward: [2, 0, null],
      backward: [1, 0, null],
    });
    const [first] = barsOf(counts(line), 'line', 'crossings', START + 3 * HOUR_MS);
    expect(first?.pieces.map(({ name, value }) => [name, value])).toEqual([
      ['Gate →', 2],
      ['Gate ←', 1],
    ]);
    expect(first?.value).toBe(3);
  });

  it('offer speeds only where one is known', () => {
    expect(measuresOf('view', two)).not.toContain('speed_m_s');
    expect(measuresOf('view', counts(series({ speed_m_s: [1.2, null, null] })))).toContain('speed_m_s');
  });
});

describe('numbers and days', () => {
  it('give the axis a round top', () => {
    expect([[], [0], [3], [41], [0.3], [1000]].map((values) => axisTop(values))).toEqual([
      1, 1, 4, 50, 0.4, 1000,
    ]);
  });

  it('know the day at the site', () => {
    expect(siteDay(Date.parse('2026-11-26T05:59:00Z'), 'America/Chicago')).toBe('2026-11-25');
    expect(shiftDay('2026-03-01', -1)).toBe('2026-02-28');
    expect([amount(null), amount(3), amount(0.256), amount(12.6)]).toEqual(['–', '3', '0.26', '13']);
  });
});
