type Bounds = { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };

/**
 * Empties a canvas and points it at a piece of a picture; what is drawn from then on is in the picture's pixels.
 * `margin` is left free on each side, as a share of the piece; a smaller piece than `leastPx` is shown with more
 * around it. Returns canvas pixels per picture pixel.
 */
export function aimAt(
  pen: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { x1, y1, x2, y2 }: Bounds,
  { margin = 0, leastPx = 1 } = {},
): number {
  const { width, height } = pen.canvas;
  const room = 1 + 2 * margin;
  const scale = Math.min(
    width / (Math.max(x2 - x1, leastPx) * room),
    height / (Math.max(y2 - y1, leastPx) * room),
  );
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.setTransform(
    scale,
    0,
    0,
    scale,
    width / 2 - ((x1 + x2) / 2) * scale,
    height / 2 - ((y1 + y2) / 2) * scale,
  );
  pen.imageSmoothingQuality = 'high';
  return scale;
}
