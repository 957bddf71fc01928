/** One case as a square: the piece of the picture around both boxes, or the whole of it for a tag. */
import type { ComparisonCase } from '@/features/models/api';
import { aimAt } from '@/lib/aim';

const MARGIN = 0.35;
const SMALLEST_PX = 32;
/** Both are read on any picture, and told apart by their dashes too. */
const STYLES = { truth: { color: '#ffffff', dash: [] }, found: { color: '#12b8a6', dash: [6, 4] } } as const;

type Corners = readonly [number, number, number, number];

const corners = (box: readonly number[] | null): Corners | null =>
  box?.length === 4 ? (box as unknown as Corners) : null;

export function paintCase(pen: CanvasRenderingContext2D, bitmap: ImageBitmap, row: ComparisonCase): void {
  const [truth, found] = [corners(row.truth), corners(row.found)];
  const boxes = [truth, found].filter((box) => box !== null);
  const { width, height } = row.asset;
  const at = (corner: 0 | 1 | 2 | 3, pick: (...values: number[]) => number, whole: number): number =>
    boxes.length > 0 ? pick(...boxes.map((box) => box[corner])) : whole;
  const bounds = {
    x1: at(0, Math.min, 0),
    y1: at(1, Math.min, 0),
    x2: at(2, Math.max, width),
    y2: at(3, Math.max, height),
  };
  const scale = aimAt(pen, bounds, boxes.length > 0 ? { margin: MARGIN, leastPx: SMALLEST_PX } : {});
  // Of a large picture the bitmap is a smaller copy; boxes are in the picture's own pixels.
  pen.drawImage(bitmap, 0, 0, width, height);
  for (const [box, { color, dash }] of [
    [truth, STYLES.truth],
    [found, STYLES.found],
  ] as const) {
    if (!box) continue;
    pen.setLineDash(dash.map((length) => length / scale));
    for (const [style, line] of [
      ['rgb(0 0 0 / 60%)', 4],
      [color, 2],
    ] as const) {
      pen.strokeStyle = style;
      pen.lineWidth = line / scale;
      pen.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
    }
  }
}
