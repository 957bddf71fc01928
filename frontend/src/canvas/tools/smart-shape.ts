/** What the pixels of an answer become: a polygon, a mask or a box, as its label allows and the person likes. */

import type { Ring } from '../geometry/polygon';
import { shapeBounds, type Shape } from '../geometry/shape';
import { boxShape } from '../geometry/shapes/box';
import { maskShape } from '../geometry/shapes/mask';
import type { Spans } from '../geometry/spans';
import { largestPolygon } from '../geometry/trace';

export type SmartOutput = 'polygon' | 'mask';
export type SmartShapeType = SmartOutput | 'box';

/** A hole smaller than a disk of this many tolerances across is noise. */
const HOLE_MIN_TOLERANCES = 4;

/** The first of these that the label takes; the person's choice where it takes none, so that they are told. */
export function outputFor(wanted: SmartOutput, takes: (shape: SmartShapeType) => boolean): SmartShapeType {
  const order: SmartShapeType[] = wanted === 'mask' ? ['mask', 'polygon', 'box'] : ['polygon', 'mask', 'box'];
  return order.find(takes) ?? wanted;
}

/** A polygon is one island: the largest. `tolerance`: image pixels. Null where nothing is left. */
export function shapeOfSpans(spans: Spans, type: SmartShapeType, tolerance: number): Shape | null {
  if (type === 'mask') return maskShape(spans);
  const largest = largestPolygon(spans, tolerance, (Math.PI / 4) * (HOLE_MIN_TOLERANCES * tolerance) ** 2);
  return largest && type === 'box' ? boxShape(shapeBounds(largest)) : largest;
}

/** Vertices of a polygon with its holes; null for what has none to count. */
export function verticesOf(shape: Shape | null): number | null {
  if (shape?.type !== 'polygon') return null;
  return [shape.points, ...shape.holes].reduce((sum, ring: Ring) => sum + ring.length, 0);
}
