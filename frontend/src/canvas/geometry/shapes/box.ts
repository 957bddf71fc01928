/** Boxes, upright or turned. */

import { boxArea, boxCentre, boxClip, type Box } from '../box';
import { rotateAbout, type Pair } from '../points';
import { pointInPolygon, ringBounds } from '../polygon';
import { NO_OUTLINE, scaler, type ShapeKind } from './kind';

/** `rotation`: degrees clockwise about the centre; absent means 0. */
export type BoxShape = Box & { readonly type: 'box'; readonly rotation?: number };

export function boxShape(box: Box, rotation = 0): BoxShape {
  const { x1, y1, x2, y2 } = box;
  return rotation === 0 ? { type: 'box', x1, y1, x2, y2 } : { type: 'box', x1, y1, x2, y2, rotation };
}

/** The four corners in order nw, ne, se, sw of the unturned box, turned. */
export function boxCorners(shape: BoxShape): [Pair, Pair, Pair, Pair] {
  const centre = boxCentre(shape);
  const turn = (x: number, y: number): Pair => rotateAbout([x, y], centre, shape.rotation ?? 0);
  return [
    turn(shape.x1, shape.y1),
    turn(shape.x2, shape.y1),
    turn(shape.x2, shape.y2),
    turn(shape.x1, shape.y2),
  ];
}

export const BOX: ShapeKind<BoxShape> = {
  bounds: (shape) => (shape.rotation ? ringBounds(boxCorners(shape)) : shape),
  area: boxArea,
  contains: (shape, point) => pointInPolygon(point, boxCorners(shape)),
  outline: (shape) => ({ ...NO_OUTLINE, rings: [boxCorners(shape)] }),
  translate: (shape, dx, dy) => ({
    ...shape,
    x1: shape.x1 + dx,
    y1: shape.y1 + dy,
    x2: shape.x2 + dx,
    y2: shape.y2 + dy,
  }),
  scale(shape, from, to) {
    const at = scaler(from, to);
    const [ax, ay] = at([shape.x1, shape.y1]);
    const [bx, by] = at([shape.x2, shape.y2]);
    return {
      ...shape,
      x1: Math.min(ax, bx),
      y1: Math.min(ay, by),
      x2: Math.max(ax, bx),
      y2: Math.max(ay, by),
    };
  },
  /** A turned box is kept whole: cut, it would be no box. */
  clip(shape, size) {
    const cut = shape.rotation ? shape : { ...shape, ...boxClip(shape, size) };
    return boxArea(cut) >= 1 ? cut : null;
  },
  toWire(shape) {
    const box = [shape.x1, shape.y1, shape.x2, shape.y2];
    return shape.rotation ? { box, rotation: shape.rotation } : { box };
  },
  fromWire({ box, rotation }) {
    const [x1, y1, x2, y2] = box ?? [];
    if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return null;
    return boxShape({ x1, y1, x2, y2 }, rotation);
  },
};
