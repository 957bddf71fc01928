import { describe, expect, it } from 'vitest';

import { everyWeek } from './weeks';

describe('weeks of a chart', () => {
  it('are at even distances, with those in between of which nothing is told', () => {
    const weeks = ['2026-09-28', '2026-10-12', '2026-10-26'].map((week) => ({ week, agreed: week }));
    expect(everyWeek(weeks)).toEqual([
      { week: '2026-09-28', agreed: '2026-09-28' },
      { week: '2026-10-05' },
      { week: '2026-10-12', agreed: '2026-10-12' },
      { week: '2026-10-19' },
      { week: '2026-10-26', agreed: '2026-10-26' },
    ]);
    expect(everyWeek([])).toEqual([]);
  });
});
