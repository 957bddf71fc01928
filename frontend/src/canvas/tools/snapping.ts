/** Where a point settles: on a near vertex first, then on a near edge, then on the picture's border. */

import { boxGrow } from '../geometry/box';
import { distance, fromPair, imagePoint, type ImagePoint, type Pair, type Size } from '../geometry/points';
import { nearestOnSegment, ringEdges } from '../geometry/polygon';
import { clampToImage, shapeOutline } from '../geometry/shape';
import type { ToolHost } from './tool';

/** CSS pixels. */
export const SNAP_PX = 8;

export type Snapped = { readonly at: ImagePoint; readonly on: 'vertex' | 'edge' | 'border' | null };

/**
 * `point` on the picture, settled where `options.snap` is on. `free`: vertices of the shape under way, which
 * attract too; `except`: ids that do not (what is dragged must not hold itself).
 */
export function snapPoint(
  host: ToolHost,
  point: ImagePoint,
  { free = [], except = [] }: { free?: readonly Pair[]; except?: readonly string[] } = {},
): Snapped {
  const at = clampToImage(point, host.imageSize);
  if (!host.options.snap) return { at, on: null };
  const reach = SNAP_PX / host.viewport.scale;
  const window = boxGrow({ x1: at.x, y1: at.y, x2: at.x, y2: at.y }, reach);
  let vertex = nearest(at, free, reach);
  let edge: ImagePoint | null = null;
  let edgeOff = reach;
  for (const item of host.itemsWithin(window)) {
    if (except.includes(item.id) || item.shape.type === 'mask' || item.kind === 'suggestion') continue;
    const { rings, chains, dots } = shapeOutline(item.shape);
    for (const points of [...rings, ...chains, dots]) vertex = nearer(at, vertex, nearest(at, points, reach));
    const segments = [...rings.flatMap((ring) => [...ringEdges(ring)]), ...chains.flatMap(pairsOf)];
    for (const [a, b] of segments) {
      const found = nearestOnSegment(at, a, b);
      const off = distance(found, at);
      if (off < edgeOff) [edge, edgeOff] = [found, off];
    }
  }
  if (vertex) return { at: vertex, on: 'vertex' };
  if (edge) return { at: edge, on: 'edge' };
  return onBorder(at, host.imageSize, reach);
}

function pairsOf(chain: readonly Pair[]): (readonly [Pair, Pair])[] {
  return chain.slice(1).map((b, index) => [chain[index] ?? b, b] as const);
}

function nearest(at: ImagePoint, points: readonly Pair[], reach: number): ImagePoint | null {
  let best: ImagePoint | null = null;
  let off = reach;
  for (const pair of points) {
    const away = Math.hypot(pair[0] - at.x, pair[1] - at.y);
    if (away < off) [best, off] = [fromPair(pair), away];
  }
  return best;
}

function nearer(at: ImagePoint, a: ImagePoint | null, b: ImagePoint | null): ImagePoint | null {
  if (!a || !b) return a ?? b;
  return distance(at, a) <= distance(at, b) ? a : b;
}

function onBorder(at: ImagePoint, { width, height }: Size, reach: number): Snapped {
  const settle = (value: number, end: number): number =>
    value < reach ? 0 : end - value < reach ? end : value;
  const [x, y] = [settle(at.x, width), settle(at.y, height)];
  return x === at.x && y === at.y ? { at, on: null } : { at: imagePoint(x, y), on: 'border' };
}
