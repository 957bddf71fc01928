/** Strokes and fills of single things on a 2D context. Widths are given in CSS pixels and divided by the scale. */

import type { ItemKind } from '../document/items';
import type { Pair } from '../geometry/points';
import type { Ring } from '../geometry/polygon';
import { shapeOutline, type Shape } from '../geometry/shape';
import type { SkeletonTemplate } from '../geometry/shapes/skeleton';
import type { Handle } from '../tools/grips/grip';
import { toScreen, type Viewport } from '../viewport/viewport';
import { paintBones, paintCovered } from './skeletons';

export type LabelStyle = {
  readonly color: string;
  readonly name: string;
  /** Which way its hatch runs where fills overlap: labels next to each other in the list differ. */
  readonly hatch: number;
  readonly skeleton?: SkeletonTemplate | null | undefined;
};

export const CASING = 'rgba(8, 11, 15, 0.6)';
export const HALO = '#ffffff';
const DASH_PX = [7, 4];

const DOT_RADIUS_PX = 3.5;
/** What is selected is covered by this much more. */
const SELECTED_FILL = 0.1;

const paths = new WeakMap<Shape, ShapePaths>();

/** What to fill and what to stroke of a shape, and its points, which are painted as discs. */
type ShapePaths = { readonly area: Path2D; readonly lines: Path2D; readonly dots: readonly Pair[] };

function trace(path: Path2D, points: Ring): void {
  points.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
}

/** A shape's paths in image pixels; shapes never change, so they are made once. */
function pathsOf(shape: Shape): ShapePaths {
  let made = paths.get(shape);
  if (!made) {
    const { rings, chains, dots } = shapeOutline(shape);
    const area = new Path2D();
    for (const ring of rings) {
      trace(area, ring);
      area.closePath();
    }
    const lines = chains.length > 0 ? new Path2D(area) : area;
    for (const chain of chains) trace(lines, chain);
    made = { area, lines, dots };
    paths.set(shape, made);
  }
  return made;
}

/** What is filled of a shape, in image pixels. */
export function areaOf(shape: Shape): Path2D {
  return pathsOf(shape).area;
}

/** Sets the context to image space for `view`, the canvas being `pad` CSS pixels larger on the left and top. */
export function toImageSpace(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  dpr: number,
  pad: readonly [number, number] = [0, 0],
): void {
  const k = dpr * view.scale;
  ctx.setTransform(k, 0, 0, k, dpr * (view.x + pad[0]), dpr * (view.y + pad[1]));
}

export type ShapeLook = {
  readonly kind: ItemKind;
  readonly color: string;
  readonly selected: boolean;
  /** A dark edge under the line, so that it shows on a light picture; left out where thousands are drawn. */
  readonly cased: boolean;
  readonly locked: boolean;
  /** How much its colour covers what is inside, 0..1. */
  readonly fill: number;
  /** Of the label, for the bones of its skeletons. */
  readonly skeleton?: SkeletonTemplate | null | undefined;
};

/** Draws one shape; the context is in image space. */
export function paintShape(
  ctx: CanvasRenderingContext2D,
  shape: Shape,
  scale: number,
  look: ShapeLook,
): void {
  const { area, lines, dots } = pathsOf(shape);
  const px = 1 / scale;
  const suggestion = look.kind === 'suggestion';
  ctx.fillStyle = look.color;
  ctx.globalAlpha = look.selected
    ? Math.min(1, look.fill + SELECTED_FILL)
    : suggestion
      ? look.fill / 2
      : look.fill;
  ctx.fill(area, 'evenodd');
  ctx.globalAlpha = 1;
  ctx.lineJoin = 'round';
  const stroke = (style: string, width: number): void => {
    ctx.strokeStyle = style;
    ctx.lineWidth = width * px;
    ctx.stroke(lines);
  };
  if (look.cased || look.selected) stroke(CASING, look.selected ? 6 : 3.5);
  if (look.selected) stroke(HALO, 4);
  if (suggestion || look.locked) {
    ctx.setLineDash((suggestion ? DASH_PX : [2, 3]).map((length) => length * px));
  }
  stroke(look.color, look.selected ? 2.2 : 1.75);
  ctx.setLineDash([]);
  if (shape.type === 'skeleton') paintBones(ctx, shape, look.skeleton ?? null, px, look);
  if (dots.length > 0) paintDots(ctx, dots, px, look);
  if (shape.type === 'skeleton') paintCovered(ctx, shape, px);
}

function paintDots(
  ctx: CanvasRenderingContext2D,
  dots: readonly Pair[],
  px: number,
  look: Pick<ShapeLook, 'color' | 'selected'>,
): void {
  ctx.beginPath();
  for (const [x, y] of dots) {
    ctx.moveTo(x + DOT_RADIUS_PX * px, y);
    ctx.arc(x, y, DOT_RADIUS_PX * px, 0, 2 * Math.PI);
  }
  ctx.strokeStyle = look.selected ? HALO : CASING;
  ctx.lineWidth = (look.selected ? 3 : 2) * px;
  ctx.stroke();
  ctx.fillStyle = look.color;
  ctx.fill();
}

/** Lights up the shape under the pointer; the context is in image space. */
export function paintHover(ctx: CanvasRenderingContext2D, shape: Shape, scale: number): void {
  const { area, lines, dots } = pathsOf(shape);
  ctx.fillStyle = HALO;
  ctx.globalAlpha = 0.14;
  ctx.fill(area, 'evenodd');
  ctx.globalAlpha = 0.85;
  ctx.strokeStyle = HALO;
  ctx.lineWidth = 1.25 / scale;
  ctx.stroke(lines);
  for (const [x, y] of dots) {
    disc(ctx, x, y, (DOT_RADIUS_PX + 2) / scale);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

export function disc(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
}

/** White on dark with a rim of the label's colour; the context is in CSS pixels. */
export function paintHandle(
  ctx: CanvasRenderingContext2D,
  handle: Handle,
  view: Viewport,
  color: string,
): void {
  const { x, y } = toScreen(view, handle.at);
  if (handle.kind === 'rotate') {
    const stem = toScreen(view, handle.stem);
    for (const [style, width] of [
      [CASING, 4],
      [HALO, 1.5],
    ] as const) {
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.beginPath();
      ctx.moveTo(stem.x, stem.y);
      ctx.lineTo(x, y);
      ctx.stroke();
    }
  }
  const small = handle.kind === 'midpoint';
  if (handle.kind === 'resize') {
    ctx.beginPath();
    ctx.roundRect(x - 4.5, y - 4.5, 9, 9, 2);
  } else disc(ctx, x, y, small ? 3.5 : 5);
  ctx.globalAlpha = small ? 0.75 : 1;
  ctx.strokeStyle = CASING;
  ctx.lineWidth = small ? 3 : 4.5;
  ctx.stroke();
  ctx.fillStyle = small ? color : HALO;
  ctx.fill();
  ctx.strokeStyle = small ? HALO : color;
  ctx.lineWidth = small ? 1 : 2;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** A line through CSS-pixel points that shows on light and dark alike. */
export function paintLine(
  ctx: CanvasRenderingContext2D,
  points: readonly { readonly x: number; readonly y: number }[],
  color: string,
  dash: readonly number[] = [],
): void {
  ctx.beginPath();
  points.forEach(({ x, y }, index) => (index === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.lineJoin = 'round';
  ctx.strokeStyle = CASING;
  ctx.lineWidth = 4;
  ctx.stroke();
  ctx.setLineDash([...dash]);
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.setLineDash([]);
}
