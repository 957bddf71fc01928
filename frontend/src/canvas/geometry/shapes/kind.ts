/** What every shape must answer. One object per shape type, in the file of its name; `shape.ts` holds the table. */

import type { Box } from '../box';
import type { ImagePoint, Pair, Size } from '../points';
import type { Ring } from '../polygon';

/** What is painted: closed rings are filled (even-odd) and stroked, chains stroked, dots marked. Image pixels. */
export type Outline = {
  readonly rings: readonly Ring[];
  readonly chains: readonly Ring[];
  readonly dots: readonly Pair[];
};

export const NO_OUTLINE: Outline = { rings: [], chains: [], dots: [] };

export type WireMask = { x: number; y: number; width: number; height: number; counts: string };

/** The JSON forms of `docs/labelling.md`; each shape uses the keys of its own. */
export type WireStill = {
  box?: number[];
  rotation?: number;
  points?: number[][];
  holes?: number[][][];
  center?: number[];
  radii?: number[];
  front?: number[][];
  back?: number[][];
  keypoints?: number[][];
  mask?: WireMask;
};

/** A track's place at one frame: the keys of its shape, and what holds from here on. */
export type WireKeyframe = WireStill & {
  frame: number;
  outside: boolean;
  occluded: boolean;
  attributes?: Readonly<Record<string, unknown>>;
  by?: string;
  confidence?: number;
};

/** `of`: a track's shape; where it is missing, box. */
export type WireGeometry = WireStill & { of?: string; keyframes?: WireKeyframe[] };

export type ShapeKind<S> = {
  bounds(shape: S): Box;
  /** Square image pixels; 0 for shapes without an inside. */
  area(shape: S): number;
  contains(shape: S, point: ImagePoint): boolean;
  outline(shape: S): Outline;
  translate(shape: S, dx: number, dy: number): S;
  /** As part of a group whose bounds go `from` → `to`. */
  scale(shape: S, from: Box, to: Box): S;
  /** The shape cut to the picture, or null where nothing worth keeping is left. */
  clip(shape: S, size: Size): S | null;
  toWire(shape: S): WireStill;
  /** Null where the geometry is not of this shape. */
  fromWire(geometry: WireStill): S | null;
};

/** Where a point of a group goes when the group's bounds go `from` → `to`. */
export function scaler(from: Box, to: Box): (pair: Pair) => Pair {
  const [sx, sy] = scales(from, to);
  return ([x, y]) => [to.x1 + (x - from.x1) * sx, to.y1 + (y - from.y1) * sy];
}

export function scales(from: Box, to: Box): Pair {
  const sx = from.x2 === from.x1 ? 1 : (to.x2 - to.x1) / (from.x2 - from.x1);
  const sy = from.y2 === from.y1 ? 1 : (to.y2 - to.y1) / (from.y2 - from.y1);
  return [sx, sy];
}

export const pairsFrom = (points: readonly (readonly number[])[]): Pair[] =>
  points.map(([x = 0, y = 0]) => [x, y]);

export const pairsTo = (points: readonly Pair[]): number[][] => points.map((pair) => [...pair]);

export function clampPair([x, y]: Pair, size: Size): Pair {
  return [Math.min(Math.max(x, 0), size.width), Math.min(Math.max(y, 0), size.height)];
}
