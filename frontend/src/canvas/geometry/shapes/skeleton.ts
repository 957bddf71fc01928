/** Skeletons: keypoints in the order of the label's template. */

import { boxContains, boxGrow } from '../box';
import type { Pair } from '../points';
import { ringBounds } from '../polygon';
import { clampPair, NO_OUTLINE, scaler, type ShapeKind } from './kind';

/** As in COCO: 0 absent, 1 there but covered, 2 visible. */
export type Visibility = 0 | 1 | 2;

export type Keypoint = { readonly x: number; readonly y: number; readonly v: Visibility };

export type SkeletonShape = { readonly type: 'skeleton'; readonly keypoints: readonly Keypoint[] };

/** What a label says of its skeletons: names and places (0..1 of the drawn box), and which points are joined. */
export type SkeletonTemplate = {
  readonly points: readonly { readonly name: string; readonly x: number; readonly y: number }[];
  readonly edges: readonly (readonly number[])[];
};

/** Pointing this close to the body's box means the skeleton, image pixels. */
const MARGIN_PX = 2;

export function skeletonShape(keypoints: readonly Keypoint[]): SkeletonShape {
  return { type: 'skeleton', keypoints };
}

export function mapKeypoints(shape: SkeletonShape, move: (pair: Pair) => Pair): SkeletonShape {
  return skeletonShape(
    shape.keypoints.map((each) => {
      if (each.v === 0) return each;
      const [x, y] = move([each.x, each.y]);
      return { x, y, v: each.v };
    }),
  );
}

export function presentKeypoints(shape: SkeletonShape): Pair[] {
  return shape.keypoints.filter((each) => each.v > 0).map(({ x, y }) => [x, y]);
}

/** The joined pairs of present keypoints as lines, for painting. */
export function skeletonBones(shape: SkeletonShape, template: SkeletonTemplate | null): Pair[][] {
  return (template?.edges ?? []).flatMap(([from = -1, to = -1]) => {
    const [a, b] = [shape.keypoints[from], shape.keypoints[to]];
    return a && b && a.v > 0 && b.v > 0
      ? [
          [
            [a.x, a.y],
            [b.x, b.y],
          ],
        ]
      : [];
  });
}

export const SKELETON: ShapeKind<SkeletonShape> = {
  bounds: (shape) => ringBounds(presentKeypoints(shape)),
  area: () => 0,
  contains: (shape, point) => boxContains(boxGrow(ringBounds(presentKeypoints(shape)), MARGIN_PX), point),
  outline: (shape) => ({ ...NO_OUTLINE, dots: presentKeypoints(shape) }),
  translate: (shape, dx, dy) => mapKeypoints(shape, ([x, y]) => [x + dx, y + dy]),
  scale: (shape, from, to) => mapKeypoints(shape, scaler(from, to)),
  clip: (shape, size) =>
    presentKeypoints(shape).length ? mapKeypoints(shape, (pair) => clampPair(pair, size)) : null,
  /** An absent keypoint has no place in the API; the browser remembers the last one. */
  toWire: ({ keypoints }) => ({
    keypoints: keypoints.map(({ x, y, v }) => (v === 0 ? [0, 0, 0] : [x, y, v])),
  }),
  fromWire({ keypoints }) {
    if (!keypoints) return null;
    return skeletonShape(
      keypoints.map(([x = 0, y = 0, v = 0]) => ({ x, y, v: (v === 1 || v === 2 ? v : 0) as Visibility })),
    );
  },
};
