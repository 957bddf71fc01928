import { describe, expect, it } from 'vitest';

import { Trail } from './trail';

function walked(...ids: string[]): Trail {
  const trail = new Trail();
  for (const id of ids) trail.visit(id);
  return trail;
}

describe('the way through the tasks', () => {
  it('has nothing behind or ahead at the start', () => {
    const trail = walked('a');
    expect([trail.previous, trail.forward]).toEqual([null, null]);
  });

  it('goes forward again to where it came back from', () => {
    const trail = walked('a', 'b', 'c', 'b');
    expect([trail.previous, trail.forward]).toEqual(['a', 'c']);
  });

  it('passes over what is done with on the way forward', () => {
    const trail = walked('a', 'b', 'c', 'a');
    trail.settle('b');
    expect(trail.forward).toBe('c');
    trail.settle('c');
    expect(trail.forward).toBeNull();
  });

  it('puts a new picture at the end and keeps those passed', () => {
    const trail = walked('a', 'b', 'a', 'c');
    expect([trail.previous, trail.ids]).toEqual(['b', ['a', 'b', 'c']]);
  });
});
