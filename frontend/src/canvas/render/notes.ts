/** Words on the canvas that belong to what is being drawn. */

const FONT = '12px system-ui, sans-serif';
const HEIGHT_PX = 20;
const PAD_PX = 6;
/** Away from the pointer, which would cover them. */
const OFFSET_PX = [12, 8] as const;

/** Words beside a point, light on dark whatever lies below; the context is in CSS pixels. */
export function paintNote(
  ctx: CanvasRenderingContext2D,
  at: { readonly x: number; readonly y: number },
  text: string,
): void {
  ctx.font = FONT;
  ctx.textBaseline = 'middle';
  const [x, y] = [at.x + OFFSET_PX[0], at.y + OFFSET_PX[1]];
  ctx.fillStyle = 'rgba(8, 11, 15, 0.85)';
  ctx.beginPath();
  ctx.roundRect(x, y, ctx.measureText(text).width + 2 * PAD_PX, HEIGHT_PX, 4);
  ctx.fill();
  ctx.fillStyle = '#ffffff';
  ctx.fillText(text, x + PAD_PX, y + HEIGHT_PX / 2);
}
