/**
 * Hatches where fills of different labels lie over each other: two colours mixed tell nobody which they were,
 * and some people cannot tell the two apart. Each label's lines run their own way, so both are seen to be there.
 */

import type { Item } from '../document/items';
import type { Box } from '../geometry/box';
import { shapeBounds, shapeOutline } from '../geometry/shape';
import type { LabelStyle } from './paint';
import { areaOf } from './paint';

/** Above this many overlaps in view hatches would be a grey veil, and take longer than the shapes. */
export const OVERLAPS_MAX = 300;
/** Asking each shape for those it meets is quick up to here. */
export const ASKED_MAX = 800;
const SIDE_PX = 8;
const LINE_PX = 1.25;
const EDGE_PX = 2.75;
const EDGE = 'rgba(8, 11, 15, 0.35)';

/** Lines of a tile whose sides are 1; they meet those of the next tile. The last one is a dot. */
const HATCHES: readonly (readonly (readonly [number, number, number, number])[])[] = [
  [
    [-0.5, 0.5, 0.5, -0.5],
    [0, 1, 1, 0],
    [0.5, 1.5, 1.5, 0.5],
  ],
  [
    [-0.5, 0.5, 0.5, 1.5],
    [0, 0, 1, 1],
    [0.5, -0.5, 1.5, 0.5],
  ],
  [[0, 0.5, 1, 0.5]],
  [[0.5, 0, 0.5, 1]],
  [[0.4, 0.5, 0.6, 0.5]],
];
export const HATCH_COUNT = HATCHES.length;

export type Overlap = { readonly below: Item; readonly above: Item };

const meet = (a: Box, b: Box): boolean => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;

/**
 * Pairs of objects of different labels whose bounds overlap, in drawing order; suggestions are dashed anyhow.
 * Empty where there are more than OVERLAPS_MAX.
 */
export function overlapsOf(items: readonly Item[]): Overlap[] {
  if (items.length > ASKED_MAX) return [];
  const filled = items.filter((item) => item.kind === 'region' && shapeOutline(item.shape).rings.length > 0);
  const found: Overlap[] = [];
  for (const [at, above] of filled.entries()) {
    const bounds = shapeBounds(above.shape);
    for (const below of filled.slice(0, at)) {
      if (below.labelId === above.labelId || !meet(bounds, shapeBounds(below.shape))) continue;
      if (found.length === OVERLAPS_MAX) return [];
      found.push({ below, above });
    }
  }
  return found;
}

/** Tiles by hatch, colour and pixel ratio: a project has a few dozen at most. */
const tiles = new Map<string, OffscreenCanvas>();

function tileOf(hatch: number, color: string, dpr: number): OffscreenCanvas | null {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const key = `${String(hatch)} ${color} ${String(dpr)}`;
  const kept = tiles.get(key);
  if (kept) return kept;
  const side = Math.max(1, Math.round(SIDE_PX * dpr));
  const tile = new OffscreenCanvas(side, side);
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.lineCap = 'round';
  for (const [style, width] of [
    [EDGE, EDGE_PX],
    [color, LINE_PX],
  ] as const) {
    pen.strokeStyle = style;
    pen.lineWidth = width * dpr;
    pen.beginPath();
    for (const [x1, y1, x2, y2] of HATCHES[hatch % HATCH_COUNT] ?? []) {
      pen.moveTo(x1 * side, y1 * side);
      pen.lineTo(x2 * side, y2 * side);
    }
    pen.stroke();
  }
  tiles.set(key, tile);
  return tile;
}

/**
 * Hatches what two shapes share, each label its own way; the context is in image space. `pixels`: device
 * pixels per picture pixel.
 */
export function paintOverlap(
  ctx: CanvasRenderingContext2D,
  { below, above }: Overlap,
  styleOf: (labelId: string) => LabelStyle,
  pixels: number,
  dpr: number,
): void {
  ctx.save();
  ctx.clip(areaOf(below.shape), 'evenodd');
  for (const item of [below, above]) {
    const { color, hatch } = styleOf(item.labelId);
    const tile = tileOf(hatch, color, dpr);
    const pattern = tile ? ctx.createPattern(tile, 'repeat') : null;
    if (!pattern) continue;
    // As large on the screen at any zoom.
    pattern.setTransform(new DOMMatrix([1 / pixels, 0, 0, 1 / pixels, 0, 0]));
    ctx.fillStyle = pattern;
    ctx.fill(areaOf(above.shape), 'evenodd');
  }
  ctx.restore();
}
