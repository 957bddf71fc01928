/** Heat of a picture's cells as colours to lay over it: clear below the threshold, from amber to red above. */

/** Shown from here on, so that what lies just under it is seen to rise. */
const SHOWN_FROM = 96;
const OPACITY_MAX = 200;

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** RGBA, four bytes a cell. */
export function heatColours(cells: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const found = new Uint8ClampedArray(cells.length * 4);
  cells.forEach((heat, index) => {
    const rise = (heat - SHOWN_FROM) / (255 - SHOWN_FROM);
    if (rise <= 0) return;
    found.set(
      [255, Math.round(190 * (1 - rise)), 20, Math.round(OPACITY_MAX * Math.min(1, 0.25 + rise))],
      index * 4,
    );
  });
  return found;
}

/** How sure a look at known defects makes: told apart, perhaps, or no better than chance. */
export function trustOf(
  telling: { low: number; auroc: number } | null,
): 'unknown' | 'good' | 'some' | 'none' {
  if (!telling) return 'unknown';
  if (telling.low >= 0.8) return 'good';
  return telling.low > 0.5 ? 'some' : 'none';
}
