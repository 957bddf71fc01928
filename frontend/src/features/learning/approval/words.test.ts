import { describe, expect, it } from 'vitest';

import { approvalWords, exampleNote, progressOf, share, tallyNote } from './words';

const tally = { pictures: 30, settled: 12, boxes: 40, wrong: 1, missed: 2 };

describe('shares', () => {
  it.each([
    [0.05, '5\u00a0%'],
    [0.005, '0.5\u00a0%'],
    [0.029, '2.9\u00a0%'],
    [0.29, '29\u00a0%'],
  ])('%f', (value, said) => expect(share(value)).toBe(said));
});

describe('what people said of pictures', () => {
  it('tells missed objects of whole pictures only', () => {
    expect(tallyNote(tally, 'pictures')).toBe(
      '12 seen by a person: 1 of 40 boxes wrong, something missed on 2',
    );
    expect(tallyNote(tally, 'boxes')).toBe('12 seen by a person: 1 of 40 boxes wrong');
  });
  it('says where nothing is known', () => {
    expect(tallyNote({ ...tally, settled: 0 }, 'boxes')).toBe('none seen by a person yet');
    expect(tallyNote({ ...tally, pictures: 0 }, 'boxes')).toBe('none yet');
  });
  it.each([
    [{ wrong: null, missed: null }, '3 boxes'],
    [{ wrong: 0, missed: 0 }, 'all right'],
    [{ wrong: 1, missed: 2 }, '1 wrong, 2 missed'],
    [{ wrong: 0, missed: 2 }, '2 missed'],
  ])('of one: %o', (found, said) => {
    const row = { task_id: 't', asset_id: 'a', name: 'n', fate: 'audit' as const, boxes: 3 };
    expect(exampleNote({ ...row, ...found })).toBe(said);
  });
});

describe('how far the proof is', () => {
  it('is a share of what is counted and what is expected', () => {
    expect(progressOf({ units: 150, more: 50 })).toBe(75);
    expect(progressOf({ units: 150, more: null })).toBeNull();
    expect(approvalWords.progress(150, 50)).toBe('150 of about 200 blind reviews');
    expect(approvalWords.progress(1, null)).toBe('1 blind review counted');
  });
});
