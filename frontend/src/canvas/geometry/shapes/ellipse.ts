/** Ellipses, upright or turned. */

import { rotateAbout, type Pair } from '../points';
import type { Ring } from '../polygon';
import { clampPair, NO_OUTLINE, scaler, scales, type ShapeKind } from './kind';

/** `rotation`: degrees clockwise about the centre; absent means 0. */
export type EllipseShape = {
  readonly type: 'ellipse';
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
  readonly rotation?: number;
};

/** Corners of the drawn ring: at a radius of 1,000 px no more than 1.2 px off the true curve. */
const SEGMENTS = 64;

export function ellipseShape(centre: Pair, radii: Pair, rotation = 0): EllipseShape {
  const shape = { type: 'ellipse', cx: centre[0], cy: centre[1], rx: radii[0], ry: radii[1] } as const;
  return rotation === 0 ? shape : { ...shape, rotation };
}

/** The ellipse as a ring, for painting and hit testing. */
export function ellipseRing(shape: EllipseShape): Ring {
  const centre: Pair = [shape.cx, shape.cy];
  return Array.from({ length: SEGMENTS }, (_, index) => {
    const angle = (index / SEGMENTS) * 2 * Math.PI;
    const at: Pair = [shape.cx + shape.rx * Math.cos(angle), shape.cy + shape.ry * Math.sin(angle)];
    return rotateAbout(at, centre, shape.rotation ?? 0);
  });
}

export const ELLIPSE: ShapeKind<EllipseShape> = {
  bounds({ cx, cy, rx, ry, rotation = 0 }) {
    const angle = (rotation * Math.PI) / 180;
    const w = Math.hypot(rx * Math.cos(angle), ry * Math.sin(angle));
    const h = Math.hypot(rx * Math.sin(angle), ry * Math.cos(angle));
    return { x1: cx - w, y1: cy - h, x2: cx + w, y2: cy + h };
  },
  area: ({ rx, ry }) => Math.PI * rx * ry,
  contains({ cx, cy, rx, ry, rotation = 0 }, point) {
    const [x, y] = rotateAbout([point.x, point.y], [cx, cy], -rotation);
    return ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  },
  outline: (shape) => ({ ...NO_OUTLINE, rings: [ellipseRing(shape)] }),
  translate: (shape, dx, dy) => ({ ...shape, cx: shape.cx + dx, cy: shape.cy + dy }),
  scale(shape, from, to) {
    const [cx, cy] = scaler(from, to)([shape.cx, shape.cy]);
    const [sx, sy] = scales(from, to);
    return { ...shape, cx, cy, rx: shape.rx * Math.abs(sx), ry: shape.ry * Math.abs(sy) };
  },
  /** Kept whole where it reaches over the edge; its centre stays on the picture. */
  clip(shape, size) {
    const [cx, cy] = clampPair([shape.cx, shape.cy], size);
    return Math.min(shape.rx, shape.ry) > 0.5 ? { ...shape, cx, cy } : null;
  },
  toWire({ cx, cy, rx, ry, rotation }) {
    const geometry = { center: [cx, cy], radii: [rx, ry] };
    return rotation ? { ...geometry, rotation } : geometry;
  },
  fromWire({ center, radii, rotation }) {
    const [cx, cy] = center ?? [];
    const [rx, ry] = radii ?? [];
    if (cx === undefined || cy === undefined || rx === undefined || ry === undefined) return null;
    return ellipseShape([cx, cy], [rx, ry], rotation);
  },
};
