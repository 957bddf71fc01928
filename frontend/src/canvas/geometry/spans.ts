/**
 * Sets of whole pixels as vertical runs, column by column: what masks are computed with. All work is in the
 * number of runs, not of pixels, so that a stroke over a mask of ten megapixels costs what a small one costs.
 */

/** `columns[i]` are the runs of column `x + i`: y of start and end (half-open) in turn, rising, none touching. */
export type Spans = { readonly x: number; readonly columns: readonly Column[] };

export type Column = readonly number[];

export const NO_SPANS: Spans = { x: 0, columns: [] };

const NONE: Column = [];

export const columnAt = (spans: Spans, x: number): Column => spans.columns[x - spans.x] ?? NONE;

function combineColumn(a: Column, b: Column, keep: (inA: boolean, inB: boolean) => boolean): Column {
  const out: number[] = [];
  let [i, j, inA, inB, inside] = [0, 0, false, false, false];
  while (i < a.length || j < b.length) {
    const y = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    for (; a[i] === y; i += 1) inA = !inA;
    for (; b[j] === y; j += 1) inB = !inB;
    const now = keep(inA, inB);
    if (now === inside) continue;
    out.push(y);
    inside = now;
  }
  return out;
}

function combine(a: Spans, b: Spans, keep: (inA: boolean, inB: boolean) => boolean): Spans {
  if (a.columns.length === 0 && b.columns.length === 0) return NO_SPANS;
  const parts = [a, b].filter((each) => each.columns.length > 0);
  const x = Math.min(...parts.map((each) => each.x));
  const end = Math.max(...parts.map((each) => each.x + each.columns.length));
  const columns = Array.from({ length: end - x }, (_, index) => {
    const [one, other] = [columnAt(a, x + index), columnAt(b, x + index)];
    if (other.length === 0) return keep(true, false) ? one : NONE;
    return combineColumn(one, other, keep);
  });
  return trimmed({ x, columns });
}

export const unite = (a: Spans, b: Spans): Spans => combine(a, b, (inA, inB) => inA || inB);
export const subtract = (a: Spans, b: Spans): Spans => combine(a, b, (inA, inB) => inA && !inB);

/** Without empty columns at either end. */
function trimmed({ x, columns }: Spans): Spans {
  let [first, last] = [0, columns.length];
  while (first < last && columns[first]?.length === 0) first += 1;
  while (last > first && columns[last - 1]?.length === 0) last -= 1;
  return first === last ? NO_SPANS : { x: x + first, columns: columns.slice(first, last) };
}

/** The part inside `x1 <= x < x2`, `y1 <= y < y2`, whole pixels. */
export function cropSpans(spans: Spans, window: { x1: number; y1: number; x2: number; y2: number }): Spans {
  const from = Math.max(0, window.x1 - spans.x);
  const columns = spans.columns
    .slice(from, Math.max(from, window.x2 - spans.x))
    .map((column) => combineColumn(column, [window.y1, window.y2], (inA, inB) => inA && inB));
  return trimmed({ x: spans.x + from, columns });
}

export function spansBounds(spans: Spans): { x1: number; y1: number; x2: number; y2: number } | null {
  let [y1, y2] = [Infinity, -Infinity];
  for (const column of spans.columns) {
    const [top, bottom] = [column[0], column[column.length - 1]];
    if (top === undefined || bottom === undefined) continue;
    if (top < y1) y1 = top;
    if (bottom > y2) y2 = bottom;
  }
  return y2 > y1 ? { x1: spans.x, y1, x2: spans.x + spans.columns.length, y2 } : null;
}

/** Pixels in the set. */
export function spansArea({ columns }: Spans): number {
  let area = 0;
  for (const column of columns) column.forEach((y, index) => (area += index % 2 ? y : -y));
  return area;
}

export function spansContain(spans: Spans, x: number, y: number): boolean {
  const column = columnAt(spans, x);
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] ?? 0) <= y) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** With everything filled that the set shuts in. */
export function fillHoles(spans: Spans): Spans {
  const bounds = spansBounds(spans);
  if (!bounds) return spans;
  const outside = reached(spans, bounds.y1 - 1, bounds.y2 + 1);
  const columns = spans.columns.map((_, index) =>
    combineColumn([bounds.y1, bounds.y2], outside[index] ?? NONE, (inA, inB) => inA && !inB),
  );
  return trimmed({ x: spans.x, columns });
}

/** Background runs between `top` and `bottom` that are reached from outside, by column; neighbours share a side. */
function reached({ columns }: Spans, top: number, bottom: number): Column[] {
  const gaps = columns.map((column) => combineColumn([top, bottom], column, (inA, inB) => inA && !inB));
  const seen = gaps.map((gap) => new Uint8Array(gap.length / 2));
  const queue: (readonly [number, number])[] = [];
  const visit = (column: number, run: number): void => {
    const marks = seen[column];
    if (!marks || marks[run]) return;
    marks[run] = 1;
    queue.push([column, run]);
  };
  gaps.forEach((gap, column) => {
    const isEdge = column === 0 || column === gaps.length - 1;
    for (let run = 0; run < gap.length / 2; run += 1) {
      if (isEdge || gap[2 * run] === top || gap[2 * run + 1] === bottom) visit(column, run);
    }
  });
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [column, run] = next;
    const [from, to] = [gaps[column]?.[2 * run] ?? 0, gaps[column]?.[2 * run + 1] ?? 0];
    for (const beside of [column - 1, column + 1]) {
      const gap = gaps[beside] ?? NONE;
      for (let other = 0; other < gap.length / 2; other += 1) {
        if ((gap[2 * other] ?? 0) < to && (gap[2 * other + 1] ?? 0) > from) visit(beside, other);
      }
    }
  }
  return gaps.map((gap, column) => gap.filter((_, index) => seen[column]?.[index >> 1]));
}
