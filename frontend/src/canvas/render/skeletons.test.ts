// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { skeletonShape, type SkeletonTemplate } from '../geometry/shapes/skeleton';
import { paintBones, paintCovered } from './skeletons';

const template: SkeletonTemplate = {
  points: ['a', 'b', 'c'].map((name, at) => ({ name, x: at / 2, y: 0 })),
  edges: [
    [0, 1],
    [1, 2],
  ],
};
const shape = skeletonShape([
  { x: 10, y: 10, v: 2 },
  { x: 20, y: 10, v: 1 },
  { x: 0, y: 0, v: 0 },
]);

function recorded(): { calls: string[]; ctx: CanvasRenderingContext2D } {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (x: number, y: number): number =>
      calls.push(`${name} ${String(x)},${String(y)}`);
  const ctx = { beginPath: () => 0, stroke: () => 0, fill: () => 0 };
  const drawn = { ...ctx, moveTo: note('move'), lineTo: note('line'), arc: note('arc') };
  return { calls, ctx: drawn as unknown as CanvasRenderingContext2D };
}

describe('skeletons', () => {
  it('are drawn with bones between keypoints that are there', () => {
    const { calls, ctx } = recorded();
    paintBones(ctx, shape, template, 1, { color: '#f00', selected: false });
    expect(calls).toEqual(['move 10,10', 'line 20,10']);
  });

  it('without a template have none', () => {
    const { calls, ctx } = recorded();
    paintBones(ctx, shape, null, 1, { color: '#f00', selected: false });
    expect(calls).toEqual([]);
  });

  it('mark the covered keypoints only', () => {
    const { calls, ctx } = recorded();
    paintCovered(ctx, shape, 1);
    expect(calls).toEqual(['arc 20,10']);
  });
});
