/** Grips of ellipses: those of the box around them, turned with them. */

import { boxCentre } from '../../geometry/box';
import { boxShape, type BoxShape } from '../../geometry/shapes/box';
import { ellipseShape, type EllipseShape } from '../../geometry/shapes/ellipse';
import { boxHandles, resizeBox, turnTowards } from './box';
import type { GripKind } from './grip';

/** An ellipse's radius never falls below this, image pixels. */
const RADIUS_MIN_PX = 0.5;

function frameOf({ cx, cy, rx, ry, rotation }: EllipseShape): BoxShape {
  return boxShape({ x1: cx - rx, y1: cy - ry, x2: cx + rx, y2: cy + ry }, rotation);
}

export const ELLIPSE_GRIPS: GripKind<EllipseShape> = {
  handles: (shape, view) => boxHandles(frameOf(shape), view, true),
  drag(shape, handle, to, snap) {
    const centre = [shape.cx, shape.cy] as const;
    if (handle.kind === 'rotate') {
      return ellipseShape(centre, [shape.rx, shape.ry], turnTowards(centre, to, snap));
    }
    if (handle.kind !== 'resize') return null;
    const frame = resizeBox(frameOf(shape), handle.dir, to);
    const radius = (low: number, high: number): number => Math.max(RADIUS_MIN_PX, (high - low) / 2);
    return ellipseShape(
      boxCentre(frame),
      [radius(frame.x1, frame.x2), radius(frame.y1, frame.y2)],
      shape.rotation,
    );
  },
};
