// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { box } from '../testing/headless';
import { AnnotationDocument } from './document';
import type { Region } from './model';
import { stepOrder } from './order-commands';

/** Drawn from the lowest to the highest, all at the heights given. */
const stack = (rows: readonly (readonly [string, number, number])[]): AnnotationDocument =>
  new AnnotationDocument({ regions: rows.map(([id, x, zIndex]) => box(id, x, 0, x + 50, 50, { zIndex })) });

const order = (document: AnnotationDocument): string =>
  document
    .data()
    .regions.map((region: Region) => region.id)
    .join('');

describe('one step up or down', () => {
  it('passes what it overlaps next, not what lies elsewhere', () => {
    const document = stack([
      ['a', 0, 0],
      ['b', 300, 1],
      ['c', 20, 2],
      ['d', 40, 3],
    ]);
    document.run(stepOrder(document.state, ['a'], 1));
    expect(order(document)).toBe('bcad');
    document.run(stepOrder(document.state, ['a'], 1));
    expect(order(document)).toBe('bcda');
    expect(stepOrder(document.state, ['a'], 1)).toBeNull();
    document.run(stepOrder(document.state, ['a'], -1));
    expect(order(document)).toBe('bcad');
    while (document.undo());
    expect(order(document)).toBe('abcd');
  });

  it('several go together and keep their order', () => {
    const document = stack([
      ['a', 0, 0],
      ['b', 10, 1],
      ['c', 20, 2],
      ['d', 30, 3],
    ]);
    document.run(stepOrder(document.state, ['b', 'a'], 1));
    expect(order(document)).toBe('cabd');
    document.run(stepOrder(document.state, ['a', 'b'], -1));
    expect(order(document)).toBe('abcd');
  });

  it('changes few rows where all were drawn at one height, and none of a locked one', () => {
    const document = stack(
      Array.from({ length: 100 }, (_, at) => [`r${String(100 + at)}`, at * 40, 0] as const),
    );
    const command = stepOrder(document.state, ['r150'], -1);
    expect(command?.patches.length).toBeLessThan(52);
    document.run(command);
    expect(order(document).indexOf('r150')).toBeLessThan(order(document).indexOf('r149'));
    const locked = new AnnotationDocument({
      regions: [box('a', 0, 0, 9, 9, { locked: true }), box('b', 0, 0, 9, 9, { zIndex: 1 })],
    });
    expect(stepOrder(locked.state, ['a'], 1)).toBeNull();
  });
});
