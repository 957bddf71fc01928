import { describe, expect, it } from 'vitest';

import { bytesOf, heatColours, trustOf } from './heat';

describe('heat', () => {
  it('is clear where a picture is like the good ones, and redder the hotter it is', () => {
    const cells = bytesOf(btoa(String.fromCharCode(0, 90, 130, 255)));
    const colours = heatColours(cells);
    const alpha = [0, 1, 2, 3].map((cell) => colours[cell * 4 + 3] ?? 0);
    expect(alpha.slice(0, 2)).toEqual([0, 0]);
    expect(alpha[3]).toBeGreaterThan(alpha[2] ?? 0);
    expect(colours[2 * 4 + 1]).toBeGreaterThan(colours[3 * 4 + 1] ?? 255);
  });
  it.each([
    [null, 'unknown'],
    [{ low: 0.85, auroc: 0.9 }, 'good'],
    [{ low: 0.53, auroc: 0.65 }, 'some'],
    [{ low: 0.45, auroc: 0.56 }, 'none'],
  ] as const)('tells how far it can be trusted: %o is %s', (telling, trust) => {
    expect(trustOf(telling)).toBe(trust);
  });
});
