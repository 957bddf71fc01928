/** Points of two spaces that the compiler keeps apart: image pixels and CSS pixels of the canvas. */

declare const space: unique symbol;

/** A point in pixels of the upright image, origin top-left. */
export type ImagePoint = { readonly x: number; readonly y: number; readonly [space]: 'image' };

/** A point in CSS pixels, origin at the canvas container's top-left. */
export type ScreenPoint = { readonly x: number; readonly y: number; readonly [space]: 'screen' };

/** A stored vertex: image pixels, the form that JSON carries. */
export type Pair = readonly [number, number];

export type Size = { readonly width: number; readonly height: number };

export function imagePoint(x: number, y: number): ImagePoint {
  return { x, y } as ImagePoint;
}

export function screenPoint(x: number, y: number): ScreenPoint {
  return { x, y } as ScreenPoint;
}

export function toPair(point: ImagePoint): Pair {
  return [point.x, point.y];
}

export function fromPair(pair: Pair): ImagePoint {
  return imagePoint(pair[0], pair[1]);
}

/** Distance between two points of the same space, in that space's pixels. */
export function distance<P extends ImagePoint | ScreenPoint>(a: P, b: P): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Turns `(x, y)` about `centre` clockwise (y points down) by `degrees`. */
export function rotateAbout(point: Pair, centre: Pair, degrees: number): Pair {
  if (degrees === 0) return point;
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const dx = point[0] - centre[0];
  const dy = point[1] - centre[1];
  return [centre[0] + dx * cos - dy * sin, centre[1] + dx * sin + dy * cos];
}
