import { describe, expect, it } from 'vitest';

import type { Finding } from './api';
import { confirmed, decided, moved, refused, shownFindings, START, takenBack } from './desk-state';

const finding = (id: string, score: number, version = 1) => ({ id, score, version }) as Finding;
const LIST = [finding('a', 0.9), finding('b', 0.8), finding('c', 0.7)];
const ids = (rows: Finding[]) => rows.map(({ id }) => id).join('');

describe('deciding findings one after the other', () => {
  it('brings the next one to the place of the decided one, and the one before after the last', () => {
    const second = moved(START, 1, 3);
    const after = decided(second, { finding: finding('b', 0.8), verdict: 'fix' }, 3);
    expect(ids(shownFindings(LIST, after))).toBe('ac');
    expect(after.at).toBe(1);
    const last = decided(after, { finding: finding('c', 0.7), verdict: 'fine' }, 2);
    expect(ids(shownFindings(LIST, last))).toBe('a');
    expect(last.at).toBe(0);
    expect(decided(last, { finding: finding('a', 0.9), verdict: 'fine' }, 1).at).toBe(0);
  });

  it('does not go past the ends', () => {
    expect(moved(START, -1, 3).at).toBe(0);
    expect(moved({ ...START, at: 2 }, 1, 3).at).toBe(2);
    expect(moved(START, 1, 0).at).toBe(0);
  });

  it('keeps a decided one away though an older answer of the server still lists it', () => {
    const state = decided(START, { finding: LIST[0] as Finding, verdict: 'fix' }, 3);
    expect(ids(shownFindings(LIST, state))).toBe('bc');
  });

  it('shows a refused one again', () => {
    const state = refused(decided(START, { finding: LIST[0] as Finding, verdict: 'fix' }, 3), 'a');
    expect(ids(shownFindings(LIST, state))).toBe('abc');
  });

  it('goes back to what was taken back, with the version the server gave it', () => {
    const done = confirmed(
      decided(START, { finding: LIST[1] as Finding, verdict: 'fix' }, 3),
      finding('b', 0.8, 2),
    );
    expect(done.decisions[0]?.finding.version).toBe(2);
    // The list was fetched anew while it was decided: it is not in it.
    const listed = [LIST[0] as Finding, LIST[2] as Finding];
    const back = takenBack(done, finding('b', 0.8, 3), listed);
    expect(back.decisions).toEqual([]);
    expect(shownFindings(listed, back).map(({ id, version }) => id + String(version))).toEqual([
      'a1',
      'b3',
      'c1',
    ]);
    expect(back.at).toBe(1);
    // An answer newer than what was taken back wins.
    expect(shownFindings([finding('b', 0.8, 4)], back)[0]?.version).toBe(4);
  });
});
