/** The small pictures of a video, all in one file: which is nearest to a frame, and where it lies. Pure. */
import type { Schemas } from '@/types/api';

export type Filmstrip = Schemas['Filmstrip'];
/** Pixels of the file. */
export type Tile = { frame: number; left: number; top: number };

export function tileOf({ frames, columns, tile_width, tile_height }: Filmstrip, frame: number): Tile | null {
  let best = -1;
  let distance = Infinity;
  frames.forEach((each, place) => {
    const off = Math.abs(each - frame);
    if (off < distance) [best, distance] = [place, off];
  });
  const found = frames[best];
  if (found === undefined) return null;
  const [row, column] = [Math.floor(best / columns), best % columns];
  return { frame: found, left: column * tile_width, top: row * tile_height };
}

/**
 * The small picture to show in place of a frame that is being fetched: only where it lies nearer to that frame than the one
 * that is on the screen does.
 */
export function coarseOf(strip: Filmstrip, wish: number, shown: number): Tile | null {
  const tile = tileOf(strip, wish);
  return tile && Math.abs(tile.frame - wish) < Math.abs(shown - wish) ? tile : null;
}

/** How a tile is laid over a box of that size, as CSS has it: the file is drawn so large that the tile fills the box. */
export function laidOver(
  { columns, frames, tile_width, tile_height }: Filmstrip,
  { left, top }: Tile,
  { width, height }: { width: number; height: number },
): { backgroundSize: string; backgroundPosition: string } {
  const [across, down] = [width / tile_width, height / tile_height];
  const rows = Math.ceil(frames.length / columns);
  return {
    backgroundSize: `${columns * width}px ${rows * height}px`,
    backgroundPosition: `${-left * across}px ${-top * down}px`,
  };
}
