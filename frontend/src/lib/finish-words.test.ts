import { describe, expect, it } from 'vitest';

import { dayName, finishBasis, finishSentence, type Finish } from './finish-words';

const told: Finish = {
  state: 'told',
  open: 30,
  days: 8,
  wanted: 5,
  approved: 50,
  with_weekends: false,
  early: '2026-11-09',
  likely: '2026-11-11',
  late: '2026-11-20',
};
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the finish', () => {
  it('has a day and a band', () => {
    expect(plain(finishSentence(told))).toMatch(
      /^The 30 open pictures are approved about Wed 11 Nov.*: 8 times in 10 between Mon 9 Nov.* and Fri 20 Nov.*\.$/,
    );
    expect(plain(finishBasis(told))).toContain('From 50 pictures approved on 8 days, Monday to Friday');
  });

  it('has one day where the band is one', () => {
    const one = { ...told, open: 1, early: told.likely, late: told.likely };
    expect(plain(finishSentence(one))).toMatch(/^The 1 open picture is approved on Wed 11 Nov/);
  });

  it.each([
    ['few', 'Too few days'],
    ['still', 'No picture that people labelled here was approved'],
    ['still', 'imported or approved by a policy does not count'],
    ['far', 'more than ten years'],
    ['done', 'Everything here is approved'],
  ] as const)('says plainly what it cannot say: %s', (state, words) => {
    expect(finishSentence({ ...told, state, early: null, likely: null, late: null })).toContain(words);
  });

  it('names the year of a day in another one', () => {
    expect(plain(dayName('2027-01-04', new Date('2026-11-27')))).toBe('Mon 4 Jan 2027');
    expect(plain(dayName('2026-11-30', new Date('2026-11-27')))).toBe('Mon 30 Nov');
  });
});
