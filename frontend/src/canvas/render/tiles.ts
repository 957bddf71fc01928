/** Large pictures in squares: which of them a view needs, and where each lies. The host brings the pixels. */

import type { Box } from '../geometry/box';
import { clamp, type Size } from '../geometry/points';

export type TileId = { readonly level: number; readonly column: number; readonly row: number };

export interface TileSource {
  readonly tilePx: number;
  /** Level 0 is the full size, each further one half of it. */
  readonly levels: readonly Size[];
  /** The tile where it is there. */
  get(id: TileId): CanvasImageSource | null;
  /** These are in view, nearest to its middle first: what is missing is fetched, other fetches may stop. */
  want(ids: readonly TileId[]): void;
  /** Hears of every tile that arrives. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
}

/** A view never needs more; a guard against a wrong scale. */
const WANTED_MAX = 400;

/** The coarsest level with at least a pixel for each of the screen; `scale`: device pixels per picture pixel. */
export function levelFor(levels: readonly Size[], scale: number): number {
  return clamp(Math.floor(Math.log2(1 / scale)), 0, levels.length - 1);
}

/** Tiles of `level` that touch `shown` (picture pixels), from the middle outwards. */
export function tilesIn(source: TileSource, level: number, shown: Box): TileId[] {
  const size = source.levels[level];
  const full = source.levels[0];
  if (!size || !full) return [];
  const side = (source.tilePx * full.width) / size.width;
  const [columns, rows] = [Math.ceil(size.width / source.tilePx), Math.ceil(size.height / source.tilePx)];
  const [left, right] = [
    Math.max(0, Math.floor(shown.x1 / side)),
    Math.min(columns - 1, Math.floor(shown.x2 / side)),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor(shown.y1 / side)),
    Math.min(rows - 1, Math.floor(shown.y2 / side)),
  ];
  const [cx, cy] = [(shown.x1 + shown.x2) / 2 / side - 0.5, (shown.y1 + shown.y2) / 2 / side - 0.5];
  const found: TileId[] = [];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) found.push({ level, column, row });
  }
  const off = ({ column, row }: TileId): number => Math.hypot(column - cx, row - cy);
  return found.sort((a, b) => off(a) - off(b)).slice(0, WANTED_MAX);
}

/** Where a tile lies, picture pixels; the last of a row and column are cut to the picture. */
export function tileBox(source: TileSource, { level, column, row }: TileId): Box {
  const [size, full] = [source.levels[level], source.levels[0]];
  if (!size || !full) return { x1: 0, y1: 0, x2: 0, y2: 0 };
  const [kx, ky] = [full.width / size.width, full.height / size.height];
  const { tilePx } = source;
  return {
    x1: column * tilePx * kx,
    y1: row * tilePx * ky,
    x2: Math.min(size.width, (column + 1) * tilePx) * kx,
    y2: Math.min(size.height, (row + 1) * tilePx) * ky,
  };
}

/**
 * Draws what is there and asks for what is not; where a tile is missing a coarser one stands in. The context
 * is in image space; `scale`: device pixels per picture pixel.
 */
export function paintTiles(
  ctx: CanvasRenderingContext2D,
  source: TileSource,
  shown: Box,
  scale: number,
): void {
  const level = levelFor(source.levels, scale);
  const wanted = tilesIn(source, level, shown);
  source.want(wanted);
  const isMissing = wanted.some((id) => source.get(id) === null);
  const coarser = isMissing && level + 1 < source.levels.length ? tilesIn(source, level + 1, shown) : [];
  for (const id of [...coarser, ...wanted]) {
    const tile = source.get(id);
    const { x1, y1, x2, y2 } = tileBox(source, id);
    if (tile) ctx.drawImage(tile, x1, y1, x2 - x1, y2 - y1);
  }
}
