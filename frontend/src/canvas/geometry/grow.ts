/** Resizing by numbers: what arrows with Alt do. */

import { rotateAbout, type Size } from './points';
import { scaleShape, shapesBounds, type Shape } from './shape';
import { boxShape } from './shapes/box';
import { ellipseShape } from './shapes/ellipse';

/** Nothing gets smaller than this, image pixels. */
const SMALLEST_PX = 1;

const grown = (side: number, by: number): number => Math.max(Math.min(side, SMALLEST_PX), side + by);

/**
 * Shapes made wider by `dx` and taller by `dy` image pixels, the top left staying where it is, not past the
 * picture's edge. A turned box or ellipse grows along its own sides; several are stretched as one.
 */
export function growShapes(shapes: readonly Shape[], dx: number, dy: number, size: Size): Shape[] {
  const [only] = shapes;
  if (shapes.length === 1 && only && 'rotation' in only && only.rotation) return [growTurned(only, dx, dy)];
  const from = shapesBounds(shapes);
  if (!from) return [];
  const right = Math.max(from.x2, Math.min(from.x1 + grown(from.x2 - from.x1, dx), size.width));
  const bottom = Math.max(from.y2, Math.min(from.y1 + grown(from.y2 - from.y1, dy), size.height));
  const to = {
    ...from,
    x2: dx < 0 ? from.x1 + grown(from.x2 - from.x1, dx) : right,
    y2: dy < 0 ? from.y1 + grown(from.y2 - from.y1, dy) : bottom,
  };
  return shapes.map((shape) => scaleShape(shape, from, to));
}

function growTurned(shape: Shape, dx: number, dy: number): Shape {
  if (shape.type === 'box') {
    const { x1, y1, x2, y2, rotation = 0 } = shape;
    const [w, h] = [grown(x2 - x1, dx), grown(y2 - y1, dy)];
    const [sx, sy] = rotateAbout([(w - (x2 - x1)) / 2, (h - (y2 - y1)) / 2], [0, 0], rotation);
    const [cx, cy] = [(x1 + x2) / 2 + sx, (y1 + y2) / 2 + sy];
    return boxShape({ x1: cx - w / 2, y1: cy - h / 2, x2: cx + w / 2, y2: cy + h / 2 }, rotation);
  }
  if (shape.type !== 'ellipse') return shape;
  const { cx, cy, rx, ry, rotation = 0 } = shape;
  const [w, h] = [grown(2 * rx, dx), grown(2 * ry, dy)];
  const [sx, sy] = rotateAbout([w / 2 - rx, h / 2 - ry], [0, 0], rotation);
  return ellipseShape([cx + sx, cy + sy], [w / 2, h / 2], rotation);
}
