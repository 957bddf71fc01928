/** Grips of cuboids (eight corners, the far face whole) and skeletons (each keypoint). */

import type { ImagePoint, Pair } from '../../geometry/points';
import { cuboidShape, type CuboidShape, type Face } from '../../geometry/shapes/cuboid';
import { ringBounds } from '../../geometry/polygon';
import {
  presentKeypoints,
  skeletonShape,
  type Keypoint,
  type SkeletonShape,
  type Visibility,
} from '../../geometry/shapes/skeleton';
import { at, type GripKind, type Handle } from './grip';

const middle = (face: Face): Pair => [
  face.reduce((sum, [x]) => sum + x, 0) / 4,
  face.reduce((sum, [, y]) => sum + y, 0) / 4,
];

/** A corner of a face that is an upright box takes its neighbours along, so that it stays one. */
function moveCorner(face: Face, index: number, to: ImagePoint): Face {
  const [nw, ne, se, sw] = face;
  const upright = nw[1] === ne[1] && ne[0] === se[0] && se[1] === sw[1] && sw[0] === nw[0];
  const moved: Pair[] = face.map((pair, each) => (each === index ? [to.x, to.y] : pair));
  if (upright) {
    // Corners run nw, ne, se, sw: one neighbour shares the x, the other the y.
    const [sharesX, sharesY] =
      [
        [3, 1],
        [2, 0],
        [1, 3],
        [0, 2],
      ][index] ?? [];
    if (sharesX !== undefined) moved[sharesX] = [to.x, face[sharesX]?.[1] ?? to.y];
    if (sharesY !== undefined) moved[sharesY] = [face[sharesY]?.[0] ?? to.x, to.y];
  }
  return moved as unknown as Face;
}

export const CUBOID_GRIPS: GripKind<CuboidShape> = {
  handles({ front, back }) {
    const corners = (face: Face, ring: number): Handle[] =>
      face.map((pair, index) => ({ kind: 'vertex', ring, index, at: at(pair) }));
    const far: Handle = { kind: 'part', ring: 1, index: 0, at: at(middle(back)) };
    return [...corners(front, 0), ...corners(back, 1), far];
  },
  drag(shape, handle, to) {
    if (handle.kind === 'part') {
      const [cx, cy] = middle(shape.back);
      const shift = ([x, y]: Pair): Pair => [x + to.x - cx, y + to.y - cy];
      return cuboidShape(shape.front, shape.back.map(shift) as unknown as Face);
    }
    if (handle.kind !== 'vertex') return null;
    return handle.ring === 0
      ? cuboidShape(moveCorner(shape.front, handle.index, to), shape.back)
      : cuboidShape(shape.front, moveCorner(shape.back, handle.index, to));
  },
};

/** Visible, covered, absent, and round again. */
const NEXT_VISIBILITY: Readonly<Record<Visibility, Visibility>> = { 2: 1, 1: 0, 0: 2 };

/** Where a keypoint is, or was; one whose place nobody knows waits in a row on the body's lower edge. */
function placeOf(keypoints: readonly Keypoint[], index: number): Pair {
  const isLost = ({ x, y, v }: Keypoint): boolean => v === 0 && x === 0 && y === 0;
  const own = keypoints[index];
  if (!own || !isLost(own)) return [own?.x ?? 0, own?.y ?? 0];
  const { x1, x2, y2 } = ringBounds(presentKeypoints(skeletonShape(keypoints)));
  const lost = keypoints.flatMap((each, at_) => (isLost(each) ? [at_] : []));
  return [x1 + ((lost.indexOf(index) + 1) * (x2 - x1)) / (lost.length + 1), y2];
}

export const SKELETON_GRIPS: GripKind<SkeletonShape> = {
  /** Absent keypoints keep a faint grip where they were last, to be brought back by. */
  handles: ({ keypoints }) =>
    keypoints.map(({ v }, index) => ({
      kind: v === 0 ? 'midpoint' : 'vertex',
      ring: 0,
      index,
      at: at(placeOf(keypoints, index)),
    })),
  drag(shape, handle, to) {
    if (!('ring' in handle)) return null;
    return skeletonShape(
      shape.keypoints.map((each, index) =>
        index === handle.index ? { x: to.x, y: to.y, v: each.v === 0 ? 2 : each.v } : each,
      ),
    );
  },
  alter: (shape, { index }) =>
    skeletonShape(
      shape.keypoints.map((each, at_) => {
        if (at_ !== index) return each;
        const [x, y] = placeOf(shape.keypoints, index);
        return { x, y, v: NEXT_VISIBILITY[each.v] };
      }),
    ),
};
