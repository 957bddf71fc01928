/** Rulers at the top and the left, in picture pixels, with the pointer's place marked. */

import type { ScreenPoint, Size } from '../geometry/points';
import { clamp } from '../geometry/points';
import type { Viewport } from '../viewport/viewport';

export const RULER_PX = 20;
/** Numbers stand at least this far apart, CSS pixels. */
const APART_PX = 64;
const PAPER = 'rgba(18, 22, 27, 0.86)';
const INK = '#c4ccd4';
const FONT = '10px system-ui, sans-serif';

/** The step between numbers: 1, 2 or 5 times a power of ten, no smaller than a pixel. */
export function rulerStep(scale: number): number {
  const least = APART_PX / scale;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= least) ?? 10 * power;
  return Math.max(1, step);
}

/** The context is in CSS pixels. */
export function paintRulers(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  size: Size,
  pointer: ScreenPoint | null,
): void {
  ctx.fillStyle = PAPER;
  ctx.fillRect(0, 0, view.width, RULER_PX);
  ctx.fillRect(0, RULER_PX, RULER_PX, view.height - RULER_PX);
  ctx.font = FONT;
  ctx.textBaseline = 'middle';
  const step = rulerStep(view.scale);
  side(ctx, { from: view.x, scale: view.scale, room: view.width, end: size.width, step, upright: false });
  side(ctx, { from: view.y, scale: view.scale, room: view.height, end: size.height, step, upright: true });
  ctx.fillStyle = PAPER;
  ctx.fillRect(0, 0, RULER_PX, RULER_PX);
  if (!pointer) return;
  ctx.fillStyle = '#ffe066';
  ctx.fillRect(Math.round(pointer.x) - 0.5, 0, 1, RULER_PX);
  ctx.fillRect(0, Math.round(pointer.y) - 0.5, RULER_PX, 1);
}

type Side = { from: number; scale: number; room: number; end: number; step: number; upright: boolean };

function side(ctx: CanvasRenderingContext2D, { from, scale, room, end, step, upright }: Side): void {
  const first = clamp(Math.ceil((RULER_PX - from) / scale / step) * step, 0, end);
  const small = step / 5 >= 1 ? step / 5 : step;
  ctx.fillStyle = INK;
  for (let at = Math.floor(first / step) * step; at <= end; at += small) {
    const place = Math.round(from + at * scale);
    if (place > room) break;
    if (place < RULER_PX) continue;
    const isNumbered = Math.abs(at / step - Math.round(at / step)) < 1e-6;
    const tick = isNumbered ? 7 : 3;
    if (upright) ctx.fillRect(RULER_PX - tick, place, tick, 1);
    else ctx.fillRect(place, RULER_PX - tick, 1, tick);
    if (isNumbered) number(ctx, String(Math.round(at)), place, upright);
  }
}

function number(ctx: CanvasRenderingContext2D, text: string, place: number, upright: boolean): void {
  ctx.textAlign = 'left';
  if (!upright) return ctx.fillText(text, place + 3, 7);
  ctx.save();
  ctx.translate(7, place - 3);
  ctx.rotate(-Math.PI / 2);
  ctx.fillText(text, 0, 0);
  ctx.restore();
}
