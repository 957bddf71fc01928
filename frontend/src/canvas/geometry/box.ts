/** Axis-aligned boxes: float xyxy in image pixels, half-open, `x1 <= x2`, `y1 <= y2`. */

import { clamp, type ImagePoint, type Pair, type Size } from './points';

export type Box = { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };

/** The box spanned by two corners in any order. */
export function boxFromCorners(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
): Box {
  return {
    x1: Math.min(a.x, b.x),
    y1: Math.min(a.y, b.y),
    x2: Math.max(a.x, b.x),
    y2: Math.max(a.y, b.y),
  };
}

export function boxArea(box: Box): number {
  return Math.max(0, box.x2 - box.x1) * Math.max(0, box.y2 - box.y1);
}

export function boxCentre(box: Box): Pair {
  return [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2];
}

export function boxContains(box: Box, point: ImagePoint): boolean {
  return point.x >= box.x1 && point.x < box.x2 && point.y >= box.y1 && point.y < box.y2;
}

export function boxesTouch(a: Box, b: Box): boolean {
  return a.x1 <= b.x2 && b.x1 <= a.x2 && a.y1 <= b.y2 && b.y1 <= a.y2;
}

export function boxInside(inner: Box, outer: Box): boolean {
  return inner.x1 >= outer.x1 && inner.y1 >= outer.y1 && inner.x2 <= outer.x2 && inner.y2 <= outer.y2;
}

/** The common part, or null where the boxes share no area. */
export function boxIntersection(a: Box, b: Box): Box | null {
  const x1 = Math.max(a.x1, b.x1);
  const y1 = Math.max(a.y1, b.y1);
  const x2 = Math.min(a.x2, b.x2);
  const y2 = Math.min(a.y2, b.y2);
  return x2 > x1 && y2 > y1 ? { x1, y1, x2, y2 } : null;
}

/** Intersection over union, 0..1; 0 where either box is empty. */
export function boxIou(a: Box, b: Box): number {
  const common = boxIntersection(a, b);
  if (!common) return 0;
  const overlap = boxArea(common);
  return overlap / (boxArea(a) + boxArea(b) - overlap);
}

/** The smallest box around all of them, or null for none. */
export function boxUnion(boxes: Iterable<Box>): Box | null {
  let union: Box | null = null;
  for (const box of boxes) {
    union = union
      ? {
          x1: Math.min(union.x1, box.x1),
          y1: Math.min(union.y1, box.y1),
          x2: Math.max(union.x2, box.x2),
          y2: Math.max(union.y2, box.y2),
        }
      : box;
  }
  return union;
}

export function boxGrow(box: Box, margin: number): Box {
  return { x1: box.x1 - margin, y1: box.y1 - margin, x2: box.x2 + margin, y2: box.y2 + margin };
}

/** Cuts a box to the picture; may come back empty. */
export function boxClip(box: Box, size: Size): Box {
  return {
    x1: clamp(box.x1, 0, size.width),
    y1: clamp(box.y1, 0, size.height),
    x2: clamp(box.x2, 0, size.width),
    y2: clamp(box.y2, 0, size.height),
  };
}

/** The shift closest to `(dx, dy)` that keeps `box` on the picture. */
export function boundedShift(box: Box, dx: number, dy: number, size: Size): Pair {
  const limit = (delta: number, low: number, high: number): number =>
    low > high ? 0 : clamp(delta, low, high);
  return [limit(dx, -box.x1, size.width - box.x2), limit(dy, -box.y1, size.height - box.y2)];
}
