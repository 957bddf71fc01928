/** The solved floor at one place of the picture: its metres, and how sure they are. */
import type { Spot, Size } from '@/features/calibration/draft';
import type { Schemas } from '@/types/api';

type FloorMap = Schemas['FloorMap'];
const NEWTON_STEPS = 20;

/** Metres of a picture's pixel; null above the horizon. The inverse of `p = c + (q - c)(1 + k1 (|q - c| / unit)²)`. */
export function metresAt(map: FloorMap, { x, y }: Spot): Spot | null {
  const [cx = 0, cy = 0] = map.centre_px;
  const target = Math.hypot(x - cx, y - cy) / map.unit_px;
  let radius = target;
  for (let step = 0; step < NEWTON_STEPS; step += 1)
    radius -= (radius + map.k1 * radius ** 3 - target) / (1 + 3 * map.k1 * radius ** 2);
  const grow = target > 0 ? radius / target : 1;
  const ideal = [cx + (x - cx) * grow, cy + (y - cy) * grow, 1];
  const [u = 0, v = 0, w = 0] = [0, 1, 2].map((row) =>
    ideal.reduce((sum, value, column) => sum + value * (map.matrix[3 * row + column] ?? 0), 0),
  );
  const found = { x: u / w, y: v / w };
  return Number.isFinite(found.x) && Number.isFinite(found.y) ? found : null;
}

/** ± in metres at a place, between those the server worked out; null where one beside it is not known. */
export function plusMinusAt(sure: Schemas['Sure'], { width, height }: Size, { x, y }: Spot): number | null {
  const across = (x / width) * (sure.columns - 1);
  const down = (y / height) * (sure.rows - 1);
  const column = Math.min(Math.max(Math.floor(across), 0), sure.columns - 2);
  const row = Math.min(Math.max(Math.floor(down), 0), sure.rows - 2);
  const [rx, ry] = [across - column, down - row];
  let sum = 0;
  for (const [dx, dy, share] of [
    [0, 0, (1 - rx) * (1 - ry)],
    [1, 0, rx * (1 - ry)],
    [0, 1, (1 - rx) * ry],
    [1, 1, rx * ry],
  ] as const) {
    const value = sure.metres[(row + dy) * sure.columns + column + dx];
    if (value === null || value === undefined) return null;
    sum += share * value;
  }
  return sum;
}

export function isInside(hull: readonly (readonly number[])[], { x, y }: Spot): boolean {
  let inside = false;
  hull.forEach(([ax = 0, ay = 0], at) => {
    const [bx = 0, by = 0] = hull[(at + hull.length - 1) % hull.length] ?? [];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}
