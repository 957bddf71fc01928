/** How many tiles stand side by side so that they are as large as the room allows. */

const RATIO = 16 / 9;
const GAP_PX = 8;
const TILE_MIN_PX = 260;

/** Columns and tile width in px for `total` tiles in a room of `width` × `height` px; tiles never get tiny: then it scrolls. */
export function wallLayout(
  total: number,
  width: number,
  height: number,
): { columns: number; tilePx: number } {
  let best = { columns: 1, tilePx: 0 };
  for (let columns = 1; columns <= Math.max(1, total); columns += 1) {
    const rows = Math.ceil(total / columns);
    const byWidth = (width - GAP_PX * (columns - 1)) / columns;
    const byHeight = ((height - GAP_PX * (rows - 1)) / rows) * RATIO;
    const tilePx = Math.floor(Math.min(byWidth, byHeight));
    if (tilePx > best.tilePx) best = { columns, tilePx };
  }
  if (best.tilePx >= TILE_MIN_PX || width < TILE_MIN_PX) return best;
  const columns = Math.max(1, Math.floor((width + GAP_PX) / (TILE_MIN_PX + GAP_PX)));
  return { columns, tilePx: Math.floor((width - GAP_PX * (columns - 1)) / columns) };
}
