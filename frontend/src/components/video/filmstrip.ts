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
