/** Outlines as SVG path data: for `Path2D` and for `<path d>` alike, whatever the shape. */

import type { Pair } from './points';
import type { Ring } from './polygon';
import { shapeOutline, type Shape } from './shape';
import { skeletonBones, type SkeletonTemplate } from './shapes/skeleton';

const at = ([x, y]: Pair): string => `${x} ${y}`;
const line = (points: Ring): string => (points.length > 0 ? `M${points.map(at).join('L')}` : '');

function dot([x, y]: Pair, radius: number): string {
  const arc = `a${radius} ${radius} 0 1 0`;
  return `M${x - radius} ${y}${arc} ${2 * radius} 0${arc} ${-2 * radius} 0Z`;
}

/**
 * Everything that is stroked of a shape, in image pixels: rings closed, lines open, points as discs of
 * `dotRadius`, and the bones of a skeleton where its template is given.
 */
export function pathData(shape: Shape, dotRadius: number, template: SkeletonTemplate | null = null): string {
  const { rings, chains, dots } = shapeOutline(shape);
  const bones = shape.type === 'skeleton' ? skeletonBones(shape, template) : [];
  return [
    ...rings.map((ring) => `${line(ring)}Z`),
    ...[...chains, ...bones].map(line),
    ...dots.map((each) => dot(each, dotRadius)),
  ].join('');
}
