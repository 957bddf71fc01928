/** Turns shapes about a centre, clockwise in degrees. Masks stay: turned pixels would drift. */

import { boxCentre } from './box';
import { rotateAbout, type Pair } from './points';
import type { Shape } from './shape';
import { boxShape } from './shapes/box';
import { mapCorners } from './shapes/cuboid';
import { ellipseShape } from './shapes/ellipse';
import { mapVertices } from './shapes/paths';
import { mapKeypoints } from './shapes/skeleton';

export const isTurnable = (shape: Shape): boolean => shape.type !== 'mask';

/** -180..180, as the API keeps it. */
export function normalDegrees(degrees: number): number {
  const round = ((degrees % 360) + 360) % 360;
  return round > 180 ? round - 360 : round;
}

export function rotateShape(shape: Shape, centre: Pair, degrees: number): Shape {
  const turn = (pair: Pair): Pair => rotateAbout(pair, centre, degrees);
  const further = (rotation = 0): number => normalDegrees(rotation + degrees);
  switch (shape.type) {
    case 'box': {
      const [cx, cy] = boxCentre(shape);
      const [x, y] = turn([cx, cy]);
      const [dx, dy] = [x - cx, y - cy];
      const moved = { x1: shape.x1 + dx, y1: shape.y1 + dy, x2: shape.x2 + dx, y2: shape.y2 + dy };
      return boxShape(moved, further(shape.rotation));
    }
    case 'ellipse':
      return ellipseShape(turn([shape.cx, shape.cy]), [shape.rx, shape.ry], further(shape.rotation));
    case 'polygon':
      return mapVertices(shape, turn);
    case 'polyline':
    case 'points':
      return { ...shape, points: shape.points.map(turn) };
    case 'cuboid':
      return mapCorners(shape, turn);
    case 'skeleton':
      return mapKeypoints(shape, turn);
    case 'mask':
      return shape;
  }
}
