/** Half floats, as embeddings are stored: browsers without `Float16Array` read them by a table. */

let table: Float32Array | null = null;

function valueOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** Little-endian float16 as float32. */
export function halfToFloats(data: ArrayBuffer): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: 0x10000 }, (_, bits) => valueOf(bits));
  const halves = new Uint16Array(data);
  const floats = new Float32Array(halves.length);
  for (let at = 0; at < halves.length; at += 1) floats[at] = table[halves[at] ?? 0] ?? 0;
  return floats;
}
