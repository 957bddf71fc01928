/** Single places a tool points out: clicks of the assist, vertices, where the next point would settle. */

import type { MarkStyle } from '../tools/tool';
import { CASING, disc, HALO } from './paint';

export function paintMark(
  ctx: CanvasRenderingContext2D,
  at: { readonly x: number; readonly y: number },
  style: MarkStyle,
  color: string,
): void {
  if (style === 'snap') return paintSnap(ctx, at);
  disc(ctx, at.x, at.y, style === 'vertex' ? 4 : 6.5);
  ctx.strokeStyle = CASING;
  ctx.lineWidth = 4;
  ctx.stroke();
  ctx.fillStyle = style === 'in' ? '#1fc997' : style === 'out' ? '#f0703c' : HALO;
  ctx.fill();
  ctx.strokeStyle = style === 'in' || style === 'out' ? HALO : color;
  ctx.lineWidth = 2;
  ctx.stroke();
  if (style !== 'in' && style !== 'out') return;
  // A plus or a minus as well: red and green alone tell some people nothing.
  ctx.strokeStyle = '#0b0e12';
  ctx.beginPath();
  ctx.moveTo(at.x - 3, at.y);
  ctx.lineTo(at.x + 3, at.y);
  if (style === 'in') {
    ctx.moveTo(at.x, at.y - 3);
    ctx.lineTo(at.x, at.y + 3);
  }
  ctx.stroke();
}

/** Where the next point would settle: a square, so that it is no vertex. */
function paintSnap(
  ctx: CanvasRenderingContext2D,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  for (const [style, width] of [
    [CASING, 4],
    ['#ffe066', 2],
  ] as const) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.strokeRect(x - 6, y - 6, 12, 12);
  }
}
