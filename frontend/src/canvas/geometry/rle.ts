/** COCO's compressed run lengths: text of 6-bit groups, differences to the run before the last from the fourth on. */

const BASE = 48;

/** Uncompressed counts (column-major, background first) as COCO's text. */
export function countsToText(counts: readonly number[]): string {
  let text = '';
  counts.forEach((count, index) => {
    let value = count - (index > 2 ? (counts[index - 2] ?? 0) : 0);
    let more = true;
    while (more) {
      const group = value & 0x1f;
      value >>= 5;
      more = group & 0x10 ? value !== -1 : value !== 0;
      text += String.fromCharCode((more ? group | 0x20 : group) + BASE);
    }
  });
  return text;
}

/** The counts of COCO's text; null where it is none. */
export function countsFromText(text: string): number[] | null {
  const counts: number[] = [];
  let [value, shift] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const group = text.charCodeAt(at) - BASE;
    if (group < 0 || group > 63 || shift > 25) return null;
    value |= (group & 0x1f) << shift;
    shift += 5;
    if (group & 0x20) continue;
    if (group & 0x10) value |= -1 << shift;
    if (counts.length > 2) value += counts[counts.length - 2] ?? 0;
    if (value < 0) return null;
    counts.push(value);
    [value, shift] = [0, 0];
  }
  return shift === 0 ? counts : null;
}
