/** How many tiles stand side by side so that they are as large as the room allows. */

const RATIO = 16 / 9;
const GAP_PX = 8;
/** The wall's own, at each side (live.module.css): what measures an element counts it in. */
const PADDING_PX = 12;
const TILE_MIN_PX = 260;
/** Up to here the page scrolls (live.module.css), so the wall is as high as its tiles and may not size them. */
const NARROW_PX = 720;

/** Columns and tile width in px for `total` tiles in a wall of `outerWidth` × `outerHeight` px; tiles never get tiny: then it scrolls. */
export function wallLayout(
  total: number,
  outerWidth: number,
  outerHeight: number,
): { columns: number; tilePx: number } {
  const width = Math.max(0, outerWidth - 2 * PADDING_PX);
  const height = Math.max(0, outerHeight - 2 * PADDING_PX);
  if (outerWidth > NARROW_PX) {
    const best = byRoom(total, width, height);
    if (best.tilePx >= TILE_MIN_PX) return best;
  }
  const fitting = Math.max(1, Math.floor((width + GAP_PX) / (TILE_MIN_PX + GAP_PX)));
  const columns = Math.min(fitting, Math.max(1, total));
  return { columns, tilePx: Math.floor((width - GAP_PX * (columns - 1)) / columns) };
}

/** The largest tiles that all fit without scrolling. */
function byRoom(total: number, width: number, height: number): { columns: number; tilePx: number } {
  let best = { columns: 1, tilePx: 0 };
  for (let columns = 1; columns <= Math.max(1, total); columns += 1) {
    const rows = Math.ceil(total / columns);
    const byWidth = (width - GAP_PX * (columns - 1)) / columns;
    const byHeight = ((height - GAP_PX * (rows - 1)) / rows) * RATIO;
    const tilePx = Math.floor(Math.min(byWidth, byHeight));
    if (tilePx > best.tilePx) best = { columns, tilePx };
  }
  return best;
}
