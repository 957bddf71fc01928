/** A window of the picture at the network's size, as OpenCV scales it: exact area averages down, bilinear up. */
import type { Pixels } from './prompts';
import type { Window } from './window';

/** What lies beyond the picture. */
const PAD_VALUE = 127;
/** OpenCV leaves out slivers of a pixel thinner than this. */
const SLIVER = 1e-3;

/** For each output pixel the source pixels it is made of: `from[i]`, and `weights` from `start[i]` to `start[i + 1]`. */
type Taps = { readonly from: Int32Array; readonly start: Int32Array; readonly weights: Float32Array };

function tapsOf(rows: readonly { from: number; weights: readonly number[] }[]): Taps {
  const start = new Int32Array(rows.length + 1);
  rows.forEach((row, index) => (start[index + 1] = (start[index] ?? 0) + row.weights.length));
  return {
    from: Int32Array.from(rows, (row) => row.from),
    start,
    weights: Float32Array.from(rows.flatMap((row) => row.weights)),
  };
}

function areaTaps(side: number, size: number): Taps {
  const scale = side / size;
  const rows = Array.from({ length: size }, (_, index) => {
    const low = index * scale;
    const high = low + scale;
    const cell = Math.min(scale, side - low);
    const last = Math.min(Math.floor(high), side - 1);
    const first = Math.min(Math.ceil(low), last);
    const weights: number[] = [];
    const hasHead = first - low > SLIVER;
    if (hasHead) weights.push((first - low) / cell);
    for (let at = first; at < last; at += 1) weights.push(1 / cell);
    if (high - last > SLIVER) weights.push(Math.min(high - last, 1, cell) / cell);
    return { from: hasHead ? first - 1 : first, weights };
  });
  return tapsOf(rows);
}

function linearTaps(side: number, size: number): Taps {
  const scale = side / size;
  const rows = Array.from({ length: size }, (_, index) => {
    const at = Math.min(Math.max((index + 0.5) * scale - 0.5, 0), side - 1);
    const from = Math.min(Math.floor(at), Math.max(side - 2, 0));
    const share = at - from;
    return { from, weights: side > 1 ? [1 - share, share] : [1] };
  });
  return tapsOf(rows);
}

/** Red, green and blue planes (3 × `size` × `size`) in 0..1, rounded to whole bytes as the network was trained. */
export function cropPlanes(picture: Pixels, window: Window, size: number, out: Float32Array): void {
  const taps = window.side > size ? areaTaps(window.side, size) : linearTaps(window.side, size);
  const plane = size * size;
  out.fill(0, 0, 3 * plane);
  const line = new Float32Array(3 * size);
  let readRow = -1;
  const { start, from, weights } = taps;
  for (let row = 0; row < size; row += 1) {
    const first = start[row] ?? 0;
    const end = start[row + 1] ?? 0;
    for (let tap = first; tap < end; tap += 1) {
      const source = (from[row] ?? 0) + tap - first;
      if (source !== readRow) readLine(picture, window, source, taps, line);
      readRow = source;
      const weight = weights[tap] ?? 0;
      const at = row * size;
      for (let x = 0; x < size; x += 1) {
        out[at + x] = (out[at + x] ?? 0) + weight * (line[x] ?? 0);
        out[plane + at + x] = (out[plane + at + x] ?? 0) + weight * (line[size + x] ?? 0);
        out[2 * plane + at + x] = (out[2 * plane + at + x] ?? 0) + weight * (line[2 * size + x] ?? 0);
      }
    }
  }
  for (let index = 0; index < 3 * plane; index += 1) out[index] = Math.round(out[index] ?? 0) / 255;
}

/** One source row of the window, scaled to `size` across: red, then green, then blue. */
function readLine(picture: Pixels, window: Window, row: number, taps: Taps, line: Float32Array): void {
  const { start, from, weights } = taps;
  const size = from.length;
  const y = window.top + row;
  if (y < 0 || y >= picture.height) {
    line.fill(PAD_VALUE);
    return;
  }
  const { data, width } = picture;
  const base = y * width;
  for (let x = 0; x < size; x += 1) {
    let [red, green, blue] = [0, 0, 0];
    const first = start[x] ?? 0;
    const end = start[x + 1] ?? 0;
    for (let tap = first; tap < end; tap += 1) {
      const column = window.left + (from[x] ?? 0) + tap - first;
      const weight = weights[tap] ?? 0;
      if (column < 0 || column >= width) {
        red += weight * PAD_VALUE;
        green += weight * PAD_VALUE;
        blue += weight * PAD_VALUE;
      } else {
        const at = (base + column) * 4;
        red += weight * (data[at] ?? 0);
        green += weight * (data[at + 1] ?? 0);
        blue += weight * (data[at + 2] ?? 0);
      }
    }
    line[x] = red;
    line[size + x] = green;
    line[2 * size + x] = blue;
  }
}
