/** The prompt as the network sees it: disks for clicks, a roof over the box, the mask before. Mirrors `assist_input.py`. */
import type { Box } from '@/canvas/geometry/box';
import { columnAt, type Spans } from '@/canvas/geometry/spans';

import type { Answer, Place } from './prompts';
import type { Window } from './window';

const CLICK_RADIUS_SHARE = 1 / 40;

/** Picture pixels to pixels of the `size` × `size` input. */
export function toInput(window: Window, [x, y]: Place, size: number): Place {
  const scale = size / window.side;
  return [(x - window.left) * scale, (y - window.top) * scale];
}

/** Sets the disk of a click in a plane (`size` × `size`) to 1; distances are from the middle of a pixel. */
export function drawClick(plane: Float32Array, size: number, [x, y]: Place): void {
  const radius = size * CLICK_RADIUS_SHARE;
  for (let row = Math.max(0, Math.floor(y - radius) - 1); row < Math.min(size, y + radius + 1); row += 1) {
    for (let col = Math.max(0, Math.floor(x - radius) - 1); col < Math.min(size, x + radius + 1); col += 1) {
      if ((col + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2 <= radius ** 2) plane[row * size + col] = 1;
    }
  }
}

/** Fills a plane with the roof over a box of the input: 0 outside, 0.5 at its border, 1 in its middle. */
export function drawBox(plane: Float32Array, size: number, { x1, y1, x2, y2 }: Box): void {
  const rise = (at: number, low: number, high: number): number =>
    1 - Math.abs(at + 0.5 - (low + high) / 2) / Math.max((high - low) / 2, 0.5);
  for (let row = 0; row < size; row += 1) {
    const up = rise(row, y1, y2);
    for (let col = 0; col < size; col += 1) {
      const roof = Math.min(up, rise(col, x1, x2));
      plane[row * size + col] = roof > 0 ? 0.5 + 0.5 * roof : 0;
    }
  }
}

/** An answer as it lies in another window, `to` × `to`; 0 where it says nothing. */
export function moved(before: Answer, window: Window, to: number, out: Float32Array): void {
  const { soft, size } = before;
  const { left, top, side } = before.window;
  const unit = size / side;
  const scale = (window.side / to) * unit;
  const shiftX = (window.left - left) * unit + 0.5 * scale - 0.5;
  const shiftY = (window.top - top) * unit + 0.5 * scale - 0.5;
  if (scale === 1 && shiftX === 0 && shiftY === 0) return out.set(soft);
  const value = (row: number, col: number): number =>
    row >= 0 && row < size && col >= 0 && col < size ? (soft[row * size + col] ?? 0) : 0;
  for (let row = 0; row < to; row += 1) {
    const y = row * scale + shiftY;
    const y0 = Math.floor(y);
    const fy = y - y0;
    for (let col = 0; col < to; col += 1) {
      const x = col * scale + shiftX;
      const x0 = Math.floor(x);
      const fx = x - x0;
      const upper = value(y0, x0) * (1 - fx) + value(y0, x0 + 1) * fx;
      const lower = value(y0 + 1, x0) * (1 - fx) + value(y0 + 1, x0 + 1) * fx;
      out[row * to + col] = upper * (1 - fy) + lower * fy;
    }
  }
}

/** Pixels of the picture in a window, as shares of each input pixel that they cover. */
export function softOf(spans: Spans, window: Window, size: number): Float32Array {
  const soft = new Float32Array(size * size);
  const unit = size / window.side;
  const cover = (low: number, high: number, cell: number): number =>
    Math.max(0, Math.min(high, cell + 1) - Math.max(low, cell));
  for (let index = 0; index < spans.columns.length; index += 1) {
    const x = spans.x + index;
    const [west, east] = [(x - window.left) * unit, (x + 1 - window.left) * unit];
    const column = columnAt(spans, x);
    for (let run = 0; run + 1 < column.length; run += 2) {
      const north = ((column[run] ?? 0) - window.top) * unit;
      const south = ((column[run + 1] ?? 0) - window.top) * unit;
      for (let col = Math.max(0, Math.floor(west)); col < Math.min(size, east); col += 1) {
        const across = cover(west, east, col);
        for (let row = Math.max(0, Math.floor(north)); row < Math.min(size, south); row += 1) {
          const at = row * size + col;
          soft[at] = Math.min(1, (soft[at] ?? 0) + across * cover(north, south, row));
        }
      }
    }
  }
  return soft;
}
