/** Name tags on shapes: label and score, placed where they do not cover one another. */

import type { Item } from '../document/items';
import { shapeBounds, type Shape } from '../geometry/shape';
import { imagePoint, type ScreenPoint } from '../geometry/points';
import { toScreen, type Viewport } from '../viewport/viewport';
import type { LabelStyle } from './paint';
import { inkOn } from './palette';

const FONT = '600 11px system-ui, "Segoe UI", Roboto, sans-serif';
/** On the dark of a hollow tag a label's own colour may be too dark to read. */
const HOLLOW_INK = '#eef3f7';
const HEIGHT_PX = 17;
const PADDING_PX = 5;
const GAP_PX = 3;
/** Half of a grip and some air. */
const GRIP_PX = 9;
/** Shapes narrower than this on the screen go without a tag. */
const SHAPE_MIN_PX = 22;
/** More tags than this are noise, and cost. */
export const CHIPS_MAX = 200;

export type Chip = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
  readonly color: string;
  readonly hollow: boolean;
};

const widths = new Map<string, number>();

function textWidth(ctx: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    ctx.font = FONT;
    width = Math.ceil(ctx.measureText(text).width);
    widths.set(text, width);
  }
  return width;
}

export function chipText(item: Item, style: LabelStyle): string {
  const score =
    item.score !== null && item.kind === 'suggestion' ? ` ${String(Math.round(item.score * 100))}` : '';
  return `${style.name}${score}${item.locked ? ' · locked' : ''}`;
}

function overlap(a: Chip, b: Chip): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < HEIGHT_PX;
}

export type ChipEntry = {
  readonly item: Item;
  readonly shape: Shape;
  readonly style: LabelStyle;
  /** Where the grip to turn it by lies: the tag keeps beside it. */
  readonly grip?: ScreenPoint;
};

function besideGrip(x: number, width: number, grip: ScreenPoint | undefined): number {
  if (!grip || x > grip.x + GRIP_PX || x + width < grip.x - GRIP_PX) return x;
  return Math.max(0, Math.floor(grip.x - GRIP_PX - width));
}

/**
 * Lays out tags for `items`, the uppermost first, above the shape or else in its corner; one that would cover
 * another at both is left out unless `all`.
 * Coordinates are CSS pixels.
 */
export function layChips(
  ctx: CanvasRenderingContext2D,
  items: readonly ChipEntry[],
  view: Viewport,
  all: boolean,
): Chip[] {
  const chips: Chip[] = [];
  for (let i = items.length - 1; i >= 0 && chips.length < CHIPS_MAX; i -= 1) {
    const entry = items[i];
    if (!entry) continue;
    const { item, shape, style, grip } = entry;
    const bounds = shapeBounds(shape);
    const from = toScreen(view, imagePoint(bounds.x1, bounds.y1));
    const to = toScreen(view, imagePoint(bounds.x2, bounds.y2));
    if (!all && to.x - from.x < SHAPE_MIN_PX) continue;
    const text = chipText(item, style);
    const width = textWidth(ctx, text) + 2 * PADDING_PX;
    const x = besideGrip(Math.round(Math.max(0, from.x)), width, grip);
    const above = from.y - HEIGHT_PX - GAP_PX;
    const inside = Math.min(Math.max(0, from.y) + GAP_PX, view.height - HEIGHT_PX);
    const places = (above >= 0 ? [above, inside] : [inside]).map((y) => ({
      x,
      y: Math.round(y),
      width,
      text,
      color: style.color,
      hollow: item.kind === 'suggestion',
    }));
    const chip = places.find((place) => !chips.some((other) => overlap(place, other)));
    const placed = chip ?? (all ? places[0] : undefined);
    if (placed) chips.push(placed);
  }
  return chips;
}

/** The context is in CSS pixels. A suggestion's tag is hollow: it is not part of the labels yet. */
export function paintChips(ctx: CanvasRenderingContext2D, chips: readonly Chip[]): void {
  ctx.font = FONT;
  ctx.textBaseline = 'middle';
  for (const chip of chips) {
    ctx.beginPath();
    ctx.roundRect(chip.x, chip.y, chip.width, HEIGHT_PX, 4);
    ctx.fillStyle = chip.hollow ? 'rgba(13, 17, 23, 0.86)' : chip.color;
    ctx.fill();
    if (chip.hollow) {
      ctx.strokeStyle = chip.color;
      ctx.lineWidth = 1;
      ctx.setLineDash([3, 2]);
      ctx.stroke();
      ctx.setLineDash([]);
    }
    ctx.fillStyle = chip.hollow ? HOLLOW_INK : inkOn(chip.color);
    ctx.fillText(chip.text, chip.x + PADDING_PX, chip.y + HEIGHT_PX / 2 + 0.5);
  }
}
