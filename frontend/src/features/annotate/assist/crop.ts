/** A window of the picture at the network's size, as OpenCV scales it: exact area averages down, bilinear up. */
import type { Pixels } from './prompts';
import type { Window } from './window';

/** What lies beyond the picture: four bytes of 127. */
const PAD = 0x7f7f7f7f;
/** OpenCV leaves out slivers of a pixel thinner than this. */
const SLIVER = 1e-3;

/**
 * What each output pixel is made of: the source pixel at `first`, `whole` pixels behind it that all count alike, and
 * the one behind those.
 */
type Taps = {
  readonly first: Int32Array;
  readonly whole: Int32Array;
  readonly head: Float32Array;
  readonly tail: Float32Array;
  readonly unit: Float32Array;
};

const emptyTaps = (size: number): Taps => ({
  first: new Int32Array(size),
  whole: new Int32Array(size),
  head: new Float32Array(size),
  tail: new Float32Array(size),
  unit: new Float32Array(size),
});

function areaTaps(side: number, size: number): Taps {
  const taps = emptyTaps(size);
  const scale = side / size;
  for (let index = 0; index < size; index += 1) {
    const low = index * scale;
    const high = low + scale;
    const cell = Math.min(scale, side - low);
    const last = Math.min(Math.floor(high), side - 1);
    const from = Math.min(Math.ceil(low), last);
    taps.first[index] = from - 1;
    taps.whole[index] = last - from;
    taps.head[index] = from - low > SLIVER ? (from - low) / cell : 0;
    taps.tail[index] = high - last > SLIVER ? Math.min(high - last, 1, cell) / cell : 0;
    taps.unit[index] = 1 / cell;
  }
  return taps;
}

function linearTaps(side: number, size: number): Taps {
  const taps = emptyTaps(size);
  const scale = side / size;
  for (let index = 0; index < size; index += 1) {
    const at = Math.min(Math.max((index + 0.5) * scale - 0.5, 0), side - 1);
    const from = Math.min(Math.floor(at), Math.max(side - 2, 0));
    taps.first[index] = from;
    taps.head[index] = 1 - (at - from);
    taps.tail[index] = at - from;
  }
  return taps;
}

/** Red, green and blue planes (3 × `size` × `size`) in 0..1, rounded to whole bytes as the network was trained. */
export function cropPlanes(picture: Pixels, window: Window, size: number, out: Float32Array): void {
  const { side } = window;
  const taps = side > size ? areaTaps(side, size) : linearTaps(side, size);
  const reader = new LineReader(picture, window, taps);
  const plane = size * size;
  const sums = new Float32Array(3 * size);
  for (let row = 0; row < size; row += 1) {
    const first = taps.first[row] ?? 0;
    const whole = taps.whole[row] ?? 0;
    sums.fill(0);
    for (let step = 0; step <= whole + 1; step += 1) {
      const edge = step === 0 ? taps.head[row] : taps.tail[row];
      const weight = (step === 0 || step > whole ? edge : taps.unit[row]) ?? 0;
      if (weight === 0) continue;
      const line = reader.line(first + step);
      for (let x = 0; x < 3 * size; x += 1) sums[x] = (sums[x] ?? 0) + weight * (line[x] ?? 0);
    }
    for (let channel = 0; channel < 3; channel += 1) {
      const at = channel * plane + row * size;
      for (let x = 0; x < size; x += 1) out[at + x] = Math.round(sums[channel * size + x] ?? 0) / 255;
    }
  }
}

/** Rows of a window scaled across; the last one is kept, two output rows may share it. */
class LineReader {
  private readonly words: Uint32Array;
  /** One row of the window with a pixel to spare at either end. */
  private readonly row: Uint32Array;
  private readonly scaled: Float32Array;
  private at = NaN;

  constructor(
    private readonly picture: Pixels,
    private readonly window: Window,
    private readonly taps: Taps,
  ) {
    const { buffer, byteOffset, length } = picture.data;
    this.words = new Uint32Array(buffer, byteOffset, length >> 2);
    this.row = new Uint32Array(window.side + 2).fill(PAD);
    this.scaled = new Float32Array(3 * taps.first.length);
  }

  /** Red, then green, then blue of row `row` of the window. */
  line(row: number): Float32Array {
    if (row === this.at) return this.scaled;
    this.at = row;
    const { window, picture, scaled } = this;
    const y = window.top + row;
    if (y < 0 || y >= picture.height) return scaled.fill(PAD & 0xff);
    const from = Math.max(window.left, 0);
    const to = Math.min(window.left + window.side, picture.width);
    if (from >= to) return scaled.fill(PAD & 0xff);
    const base = y * picture.width;
    this.row.set(this.words.subarray(base + from, base + to), from - window.left + 1);
    this.scale();
    return scaled;
  }

  private scale(): void {
    const { row, scaled } = this;
    const { first, whole, head, tail, unit } = this.taps;
    const size = first.length;
    for (let x = 0; x < size; x += 1) {
      let at = (first[x] ?? 0) + 1;
      const before = row[at] ?? 0;
      const end = at + (whole[x] ?? 0);
      // Red and blue are added up side by side in one number: room for 257 pixels.
      let [redBlue, green] = [0, 0];
      while (at < end) {
        at += 1;
        const pixel = row[at] ?? 0;
        redBlue = (redBlue + (pixel & 0xff00ff)) | 0;
        green = (green + ((pixel >>> 8) & 0xff)) | 0;
      }
      const after = row[end + 1] ?? 0;
      const [a, b, each] = [head[x] ?? 0, tail[x] ?? 0, unit[x] ?? 0];
      scaled[x] = a * (before & 0xff) + each * (redBlue & 0xffff) + b * (after & 0xff);
      scaled[size + x] = a * ((before >>> 8) & 0xff) + each * green + b * ((after >>> 8) & 0xff);
      scaled[2 * size + x] =
        a * ((before >>> 16) & 0xff) + each * (redBlue >>> 16) + b * ((after >>> 16) & 0xff);
    }
  }
}
