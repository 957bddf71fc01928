/** Cuboids as a person sees them in a picture: a front and a back face of four corners. */

import type { Pair } from '../points';
import { pointInRing, polygonArea, ringBounds } from '../polygon';
import { clampPair, NO_OUTLINE, pairsFrom, pairsTo, scaler, type ShapeKind } from './kind';

/** nw, ne, se, sw as seen. */
export type Face = readonly [Pair, Pair, Pair, Pair];

export type CuboidShape = { readonly type: 'cuboid'; readonly front: Face; readonly back: Face };

export function cuboidShape(front: Face, back: Face): CuboidShape {
  return { type: 'cuboid', front, back };
}

export function mapCorners({ front, back }: CuboidShape, move: (pair: Pair) => Pair): CuboidShape {
  return cuboidShape(front.map(move) as unknown as Face, back.map(move) as unknown as Face);
}

/** The four side faces, each a ring: top, right, bottom, left. */
export function sidesOf({ front, back }: CuboidShape): Face[] {
  return [0, 1, 2, 3].map((at) => {
    const next = (at + 1) % 4;
    return [front[at], front[next], back[next], back[at]] as Face;
  });
}

function faceOf(points: readonly (readonly number[])[] | undefined): Face | null {
  return points?.length === 4 ? (pairsFrom(points) as unknown as Face) : null;
}

export const CUBOID: ShapeKind<CuboidShape> = {
  bounds: ({ front, back }) => ringBounds([...front, ...back]),
  area: ({ front }) => polygonArea(front),
  contains: (shape, point) =>
    [shape.front, shape.back, ...sidesOf(shape)].some((face) => pointInRing(point, face)),
  outline: ({ front, back }) => ({
    ...NO_OUTLINE,
    rings: [front],
    chains: [[...back, back[0]], ...front.map((corner, at) => [corner, back[at] ?? corner])],
  }),
  translate: (shape, dx, dy) => mapCorners(shape, ([x, y]) => [x + dx, y + dy]),
  scale: (shape, from, to) => mapCorners(shape, scaler(from, to)),
  clip(shape, size) {
    const cut = mapCorners(shape, (pair) => clampPair(pair, size));
    return polygonArea(cut.front) >= 1 ? cut : null;
  },
  toWire: ({ front, back }) => ({ front: pairsTo(front), back: pairsTo(back) }),
  fromWire({ front, back }) {
    const [near, far] = [faceOf(front), faceOf(back)];
    return near && far ? cuboidShape(near, far) : null;
  },
};
