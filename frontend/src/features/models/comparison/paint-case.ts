/** One case as a square: the piece of the picture around both boxes, or the whole of it for a tag. */
import type { ComparisonCase } from '@/features/models/api';

const MARGIN = 0.35;
const SMALLEST_PX = 32;
/** Both are read on any picture, and told apart by their dashes too. */
const STYLES = { truth: { color: '#ffffff', dash: [] }, found: { color: '#12b8a6', dash: [6, 4] } } as const;

type Corners = readonly [number, number, number, number];

const corners = (box: readonly number[] | null): Corners | null =>
  box?.length === 4 ? (box as unknown as Corners) : null;

export function paintCase(pen: CanvasRenderingContext2D, bitmap: ImageBitmap, row: ComparisonCase): void {
  const side = pen.canvas.width;
  const [truth, found] = [corners(row.truth), corners(row.found)];
  const boxes = [truth, found].filter((box) => box !== null);
  const { width, height } = row.asset;
  const bounds: Corners =
    boxes.length > 0
      ? [
          Math.min(...boxes.map((box) => box[0])),
          Math.min(...boxes.map((box) => box[1])),
          Math.max(...boxes.map((box) => box[2])),
          Math.max(...boxes.map((box) => box[3])),
        ]
      : [0, 0, width, height];
  const margin = boxes.length > 0 ? 1 + 2 * MARGIN : 1;
  const reach = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1], SMALLEST_PX) * margin;
  const scale = side / reach;
  const [midX, midY] = [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2];
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, side, side);
  pen.setTransform(scale, 0, 0, scale, side / 2 - midX * scale, side / 2 - midY * scale);
  pen.imageSmoothingQuality = 'high';
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
