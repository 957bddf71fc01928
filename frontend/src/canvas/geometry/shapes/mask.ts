/** Masks: a crop of whole pixels as run lengths, the form in which COCO keeps them. */

import type { Box } from '../box';
import type { Ring } from '../polygon';
import { countsFromText, countsToText } from '../rle';
import { NO_OUTLINE, type ShapeKind } from './kind';

/** `counts`: column-major runs over the crop, background first; they add up to `width` × `height`. */
export type MaskShape = {
  readonly type: 'mask';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly counts: readonly number[];
};

/** One byte a pixel (0 or 1), row by row, over the crop. */
export type Bitmap = { x: number; y: number; width: number; height: number; data: Uint8Array };

const bitmaps = new WeakMap<MaskShape, Bitmap>();
const outlines = new WeakMap<MaskShape, readonly Ring[]>();

/** The mask's pixels; kept as long as the shape lives, never to be written to. */
export function maskBitmap(shape: MaskShape): Bitmap {
  let bitmap = bitmaps.get(shape);
  if (!bitmap) {
    const { x, y, width, height, counts } = shape;
    const data = new Uint8Array(width * height);
    let at = 0;
    counts.forEach((count, index) => {
      if (index % 2 === 1) {
        for (let i = at; i < at + count; i += 1) data[(i % height) * width + Math.floor(i / height)] = 1;
      }
      at += count;
    });
    bitmap = { x, y, width, height, data };
    bitmaps.set(shape, bitmap);
  }
  return bitmap;
}

/** The mask of a bitmap, cropped to its set pixels; null where none is set. */
export function maskShape({ x, y, width, height, data }: Bitmap): MaskShape | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (!data[row * width + column]) continue;
      if (column < left) left = column;
      if (column > right) right = column;
      if (row < top) top = row;
      bottom = row;
    }
  }
  if (right < 0) return null;
  const counts: number[] = [];
  let [value, run] = [0, 0];
  for (let column = left; column <= right; column += 1) {
    for (let row = top; row <= bottom; row += 1) {
      const next = data[row * width + column] ? 1 : 0;
      if (next !== value) {
        counts.push(run);
        [value, run] = [next, 0];
      }
      run += 1;
    }
  }
  counts.push(run);
  const [w, h] = [right - left + 1, bottom - top + 1];
  return { type: 'mask', x: x + left, y: y + top, width: w, height: h, counts };
}

/** The part of a bitmap inside `window` (whole pixels), set pixels outside forgotten. */
function cropped(bitmap: Bitmap, window: Box): MaskShape | null {
  const data = bitmap.data.slice();
  for (let row = 0; row < bitmap.height; row += 1) {
    for (let column = 0; column < bitmap.width; column += 1) {
      const [x, y] = [bitmap.x + column, bitmap.y + row];
      if (x < window.x1 || y < window.y1 || x >= window.x2 || y >= window.y2) {
        data[row * bitmap.width + column] = 0;
      }
    }
  }
  return maskShape({ ...bitmap, data });
}

const isSet = (b: Bitmap, column: number, row: number): boolean =>
  column >= 0 && row >= 0 && column < b.width && row < b.height && b.data[row * b.width + column] === 1;

/** The border between set and unset pixels as closed rings along pixel edges, holes included. */
export function maskRings(shape: MaskShape): readonly Ring[] {
  let rings = outlines.get(shape);
  if (!rings) outlines.set(shape, (rings = traceRings(maskBitmap(shape))));
  return rings;
}

function traceRings(bitmap: Bitmap): Ring[] {
  // Edges that keep the set pixel on their right, by starting corner; walked into rings.
  const stride = bitmap.width + 1;
  const starts = new Map<number, number[]>();
  const edge = (x1: number, y1: number, x2: number, y2: number): void => {
    const key = y1 * stride + x1;
    const list = starts.get(key);
    if (list) list.push(y2 * stride + x2);
    else starts.set(key, [y2 * stride + x2]);
  };
  for (let row = 0; row < bitmap.height; row += 1) {
    for (let column = 0; column < bitmap.width; column += 1) {
      if (!isSet(bitmap, column, row)) continue;
      if (!isSet(bitmap, column, row - 1)) edge(column, row, column + 1, row);
      if (!isSet(bitmap, column + 1, row)) edge(column + 1, row, column + 1, row + 1);
      if (!isSet(bitmap, column, row + 1)) edge(column + 1, row + 1, column, row + 1);
      if (!isSet(bitmap, column - 1, row)) edge(column, row + 1, column, row);
    }
  }
  const rings: Ring[] = [];
  for (const [start] of starts) {
    while (starts.get(start)?.length) rings.push(walk(start, starts, stride, bitmap));
  }
  return rings;
}

/** One ring from `start`, corners only: straight runs are one edge. */
function walk(start: number, starts: Map<number, number[]>, stride: number, bitmap: Bitmap): Ring {
  const ring: [number, number][] = [];
  let at = start;
  let heading = 0;
  do {
    const next = starts.get(at)?.pop() ?? start;
    if (next - at !== heading) ring.push([bitmap.x + (at % stride), bitmap.y + Math.floor(at / stride)]);
    heading = next - at;
    at = next;
  } while (at !== start);
  return ring;
}

export const MASK: ShapeKind<MaskShape> = {
  bounds: ({ x, y, width, height }) => ({ x1: x, y1: y, x2: x + width, y2: y + height }),
  area: ({ counts }) => counts.reduce((sum, count, index) => sum + (index % 2 ? count : 0), 0),
  contains(shape, point) {
    const bitmap = maskBitmap(shape);
    return isSet(bitmap, Math.floor(point.x) - shape.x, Math.floor(point.y) - shape.y);
  },
  outline: (shape) => ({ ...NO_OUTLINE, rings: maskRings(shape) }),
  /** Pixels move by whole pixels. */
  translate: (shape, dx, dy) => ({ ...shape, x: Math.round(shape.x + dx), y: Math.round(shape.y + dy) }),
  scale(shape, from, to) {
    const sx = from.x2 === from.x1 ? 1 : (to.x2 - to.x1) / (from.x2 - from.x1);
    const sy = from.y2 === from.y1 ? 1 : (to.y2 - to.y1) / (from.y2 - from.y1);
    const bitmap = maskBitmap(shape);
    const width = Math.max(1, Math.round(shape.width * sx));
    const height = Math.max(1, Math.round(shape.height * sy));
    const data = new Uint8Array(width * height);
    for (let row = 0; row < height; row += 1) {
      const from_ = Math.min(shape.height - 1, Math.floor(((row + 0.5) * shape.height) / height));
      for (let column = 0; column < width; column += 1) {
        const at = Math.min(shape.width - 1, Math.floor(((column + 0.5) * shape.width) / width));
        data[row * width + column] = bitmap.data[from_ * shape.width + at] ?? 0;
      }
    }
    const x = Math.round(to.x1 + (shape.x - from.x1) * sx);
    const y = Math.round(to.y1 + (shape.y - from.y1) * sy);
    return maskShape({ x, y, width, height, data }) ?? shape;
  },
  clip(shape, size) {
    const inside =
      shape.x >= 0 &&
      shape.y >= 0 &&
      shape.x + shape.width <= size.width &&
      shape.y + shape.height <= size.height;
    if (inside) return shape;
    return cropped(maskBitmap(shape), { x1: 0, y1: 0, x2: size.width, y2: size.height });
  },
  toWire: ({ x, y, width, height, counts }) => ({
    mask: { x, y, width, height, counts: countsToText(counts) },
  }),
  fromWire({ mask }) {
    const counts = mask && countsFromText(mask.counts);
    if (!mask || !counts || counts.reduce((sum, each) => sum + each, 0) !== mask.width * mask.height)
      return null;
    const { x, y, width, height } = mask;
    return { type: 'mask', x, y, width, height, counts };
  },
};
