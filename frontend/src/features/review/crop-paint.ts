/** What a crop shows. Drawn off the page. */
import { pathData } from '@/canvas/geometry/path-data';
import { shapeBounds, shapeFromWire } from '@/canvas/geometry/shape';
import { aimAt } from '@/lib/aim';
import type { GridSuggestion } from '@/types/annotation';

export const SIDE_PX = 288;
const MARGIN = 0.2;
const SMALLEST_PX = 24;
const DOT_PX = 3;

/** `object`: what is outlined; null shows the whole picture. `width`, `height`: of the picture that its pixels are of. */
export type WantedCrop = {
  readonly url: string;
  readonly object: Pick<GridSuggestion, 'shape' | 'geometry'> | null;
  readonly width: number;
  readonly height: number;
  readonly color: string;
};

/** The object with a little around it and its outline; the whole picture for tags and videos. */
export function wantedCrop({ asset, shape, geometry }: GridSuggestion, color: string): WantedCrop {
  const { image_url, thumbnail_url, kind, width, height } = asset;
  const isWhole = shape === 'tag' || kind === 'video';
  return {
    url: isWhole ? thumbnail_url : image_url,
    object: isWhole ? null : { shape, geometry },
    width,
    height,
    color,
  };
}

export function paintCrop(
  pen: OffscreenCanvasRenderingContext2D,
  bitmap: ImageBitmap,
  wanted: WantedCrop,
): void {
  const shape = wanted.object && shapeFromWire(wanted.object.shape, wanted.object.geometry);
  if (!shape) {
    aimAt(pen, { x1: 0, y1: 0, x2: bitmap.width, y2: bitmap.height });
    pen.drawImage(bitmap, 0, 0);
    return;
  }
  const scale = aimAt(pen, shapeBounds(shape), { margin: MARGIN, leastPx: SMALLEST_PX });
  // Of a large picture the bitmap is a smaller copy; the shape is in the picture's own pixels.
  pen.drawImage(bitmap, 0, 0, wanted.width, wanted.height);
  const path = new Path2D(pathData(shape, DOT_PX / scale));
  for (const [style, width] of [
    ['rgb(0 0 0 / 55%)', 4],
    [wanted.color, 2],
  ] as const) {
    pen.strokeStyle = style;
    pen.lineWidth = width / scale;
    pen.stroke(path);
  }
}
