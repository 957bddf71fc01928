import { describe, expect, it } from 'vitest';

import { resultFacts } from '@/features/jobs/result-facts';

describe('what a job came to', () => {
  it('tells an import by its figures and lists what was refused with the reason', () => {
    const facts = resultFacts({
      pictures: 1200,
      left_alone: 3,
      labels_made: ['pallet'],
      refused: [{ name: 'a.png', reason: 'it is damaged' }],
      refused_count: 1,
      notes: [],
    });
    expect(facts).toEqual([
      { name: 'Pictures', value: '1,200' },
      { name: 'Left alone, as they had labels', value: '3' },
      { name: 'Labels made', lines: ['pallet'] },
      { name: 'What was refused', lines: ['a.png: it is damaged'] },
      { name: 'Refused', value: '1' },
    ]);
  });

  it('leaves ids and hashes to machines, and says the rest of what no name is known of', () => {
    expect(
      resultFacts({
        model_id: '0190',
        content_hash: 'ab12',
        id: 'x',
        asked_again: 2,
        passed: false,
        reason: '',
        seconds: 12.34567,
        left: { small: 2, 'no mask': 1 },
        rows: [{ camera: 'gate', n: 2 }, ['a', 1]],
        none: null,
      }),
    ).toEqual([
      { name: 'Asked again', value: '2' },
      { name: 'Passed', value: 'no' },
      { name: 'Seconds', value: '12.35' },
      { name: 'Left', lines: ['small: 2', 'no mask: 1'] },
      { name: 'Rows', lines: ['camera: gate, n: 2', 'a, 1'] },
    ]);
  });

  it('has nothing to tell of a job whose result is for machines alone', () => {
    expect(resultFacts({ version_id: '1', content_hash: '2' })).toEqual([]);
  });
});
