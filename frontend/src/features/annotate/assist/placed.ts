/** A small soft mask as whole pixels of the picture. */
import type { Size } from '@/canvas/geometry/points';
import { NO_SPANS, type Spans } from '@/canvas/geometry/spans';

/** Where a soft mask lies: pixel `x` of the picture is at `(x - left + 0.5) * unit - 0.5` of the mask. */
export type Lie = {
  readonly left: number;
  readonly top: number;
  readonly unitX: number;
  readonly unitY: number;
  /** Nothing is set past these, picture pixels. */
  readonly right: number;
  readonly bottom: number;
};

/**
 * The picture's pixels at which `soft` (`size` × `size`), read bilinearly, is at least `threshold`. Along a column the
 * reading is a chain of straight pieces, so its crossings are worked out instead of every pixel.
 */
export function placed(soft: Float32Array, size: number, lie: Lie, threshold: number, picture: Size): Spans {
  const found = extent(soft, size, threshold);
  if (!found) return NO_SPANS;
  const { left, top, unitX, unitY } = lie;
  const firstX = Math.max(0, Math.round(left), Math.floor((found.low - 1 + 0.5) / unitX - 0.5 + left));
  const endX = Math.min(picture.width, lie.right, Math.ceil((found.high + 1 + 0.5) / unitX + 0.5 + left));
  const [firstY, endY] = [Math.max(0, Math.round(top)), Math.min(picture.height, lie.bottom)];
  const rowAt = (s: number): number => (s + 0.5) / unitY - 0.5 + top;
  const columns: number[][] = [];
  for (let x = firstX; x < endX; x += 1) {
    const at = Math.min(Math.max((x - left + 0.5) * unitX - 0.5, 0), size - 1);
    const x0 = Math.min(Math.floor(at), size - 2);
    columns.push(runsOf((row) => mix(soft, row * size + x0, at - x0), size, threshold, rowAt, firstY, endY));
  }
  return trimmed(firstX, columns);
}

const mix = (soft: Float32Array, at: number, share: number): number =>
  (soft[at] ?? 0) * (1 - share) + (soft[at + 1] ?? 0) * share;

function runsOf(
  value: (row: number) => number,
  size: number,
  threshold: number,
  rowAt: (s: number) => number,
  firstY: number,
  endY: number,
): number[] {
  const runs: number[] = [];
  let before = value(0);
  let from = before >= threshold ? firstY : NaN;
  const close = (end: number): void => {
    const [a, b] = [Math.max(from, firstY), Math.min(end, endY)];
    if (b > a && runs[runs.length - 1] === a) runs[runs.length - 1] = b;
    else if (b > a) runs.push(a, b);
    from = NaN;
  };
  for (let row = 1; row < size; row += 1) {
    const here = value(row);
    if (here >= threshold !== before >= threshold) {
      const crossing = rowAt(row - 1 + (threshold - before) / (here - before));
      if (here >= threshold) from = Math.ceil(crossing);
      else close(Math.floor(crossing) + 1);
    }
    before = here;
  }
  if (!Number.isNaN(from)) close(endY);
  return runs;
}

/** First and last column of the soft mask with anything in it. */
function extent(soft: Float32Array, size: number, threshold: number): { low: number; high: number } | null {
  let [low, high] = [size, -1];
  for (let at = 0; at < soft.length; at += 1) {
    if ((soft[at] ?? 0) < threshold) continue;
    const col = at % size;
    if (col < low) low = col;
    if (col > high) high = col;
  }
  return high < 0 ? null : { low, high };
}

function trimmed(x: number, columns: number[][]): Spans {
  let [first, end] = [0, columns.length];
  while (first < end && columns[first]?.length === 0) first += 1;
  while (end > first && columns[end - 1]?.length === 0) end -= 1;
  return first === end ? NO_SPANS : { x: x + first, columns: columns.slice(first, end) };
}
