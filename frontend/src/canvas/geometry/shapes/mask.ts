/** Masks: a crop of whole pixels as run lengths, the form in which COCO keeps them. */

import type { Ring } from '../polygon';
import { countsFromText, countsToText } from '../rle';
import { cropSpans, spansArea, spansBounds, spansContain, type Column, type Spans } from '../spans';
import { spansRings } from '../trace';
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

const kept = new WeakMap<MaskShape, Spans>();
const outlines = new WeakMap<MaskShape, readonly Ring[]>();

/** The mask's pixels as runs; kept as long as the shape lives. */
export function maskSpans(shape: MaskShape): Spans {
  let spans = kept.get(shape);
  if (!spans) kept.set(shape, (spans = spansOf(shape)));
  return spans;
}

function spansOf({ x, y, width, height, counts }: MaskShape): Spans {
  const columns: number[][] = Array.from({ length: width }, () => []);
  let at = 0;
  counts.forEach((count, index) => {
    const end = at + count;
    for (; index % 2 === 1 && at < end;) {
      // A run may go on from the bottom of a column to the top of the next.
      const column = Math.floor(at / height);
      const to = Math.min(end, (column + 1) * height);
      columns[column]?.push(y + (at % height), y + (to - column * height));
      at = to;
    }
    at = end;
  });
  return { x, columns };
}

/** The mask of these pixels, cropped to them; null where there are none. */
export function maskShape(spans: Spans): MaskShape | null {
  const bounds = spansBounds(spans);
  if (!bounds) return null;
  const { x1: x, y1: y } = bounds;
  const [width, height] = [bounds.x2 - x, bounds.y2 - y];
  const counts: number[] = [];
  // Where the last run ended, counted down the columns; a run that touches it goes on with it.
  let last = 0;
  spans.columns.forEach((column, index) => {
    for (let run = 0; run < column.length; run += 2) {
      const from = index * height + (column[run] ?? 0) - y;
      const length = (column[run + 1] ?? 0) - (column[run] ?? 0);
      if (from === last && counts.length) counts[counts.length - 1] = (counts.at(-1) ?? 0) + length;
      else counts.push(from - last, length);
      last = from + length;
    }
  });
  if (last < width * height) counts.push(width * height - last);
  return { type: 'mask', x, y, width, height, counts };
}

/** The border between set and unset pixels as closed rings along pixel edges, holes included. */
export function maskRings(shape: MaskShape): readonly Ring[] {
  let rings = outlines.get(shape);
  if (!rings) outlines.set(shape, (rings = spansRings(maskSpans(shape))));
  return rings;
}

/** Runs stretched about 0 by `factor`: a new row is set where the middle of the old one it comes from was. */
function stretchColumn(column: Column, factor: number): number[] {
  const runs: number[] = [];
  for (let run = 0; run < column.length; run += 2) {
    const from = Math.ceil((column[run] ?? 0) * factor - 0.5);
    const to = Math.ceil((column[run + 1] ?? 0) * factor - 0.5);
    if (to <= from) continue;
    if (runs.at(-1) === from) runs[runs.length - 1] = to;
    else runs.push(from, to);
  }
  return runs;
}

export const MASK: ShapeKind<MaskShape> = {
  bounds: ({ x, y, width, height }) => ({ x1: x, y1: y, x2: x + width, y2: y + height }),
  area: (shape) => spansArea(maskSpans(shape)),
  contains: (shape, point) => spansContain(maskSpans(shape), Math.floor(point.x), Math.floor(point.y)),
  outline: (shape) => ({ ...NO_OUTLINE, rings: maskRings(shape) }),
  /** Pixels move by whole pixels. */
  translate: (shape, dx, dy) => ({ ...shape, x: Math.round(shape.x + dx), y: Math.round(shape.y + dy) }),
  scale(shape, from, to) {
    const sx = from.x2 === from.x1 ? 1 : (to.x2 - to.x1) / (from.x2 - from.x1);
    const sy = from.y2 === from.y1 ? 1 : (to.y2 - to.y1) / (from.y2 - from.y1);
    const { x, columns } = maskSpans({ ...shape, x: 0, y: 0 });
    const width = Math.max(1, Math.round(shape.width * sx));
    const factor = Math.max(1, Math.round(shape.height * sy)) / shape.height;
    const wide = Array.from({ length: width }, (_, index) => {
      const at = Math.min(shape.width - 1, Math.floor(((index + 0.5) * shape.width) / width));
      return stretchColumn(columns[at - x] ?? [], factor);
    });
    const made = maskShape({ x: 0, columns: wide });
    if (!made) return shape;
    const left = Math.round(to.x1 + (shape.x - from.x1) * sx);
    const top = Math.round(to.y1 + (shape.y - from.y1) * sy);
    return { ...made, x: made.x + left, y: made.y + top };
  },
  clip(shape, { width, height }) {
    const isInside =
      shape.x >= 0 && shape.y >= 0 && shape.x + shape.width <= width && shape.y + shape.height <= height;
    return isInside ? shape : maskShape(cropSpans(maskSpans(shape), { x1: 0, y1: 0, x2: width, y2: height }));
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
