/**
 * Label colours that stay apart for people with colour-vision deficiencies: Okabe–Ito's order lightened for
 * dark pictures, then Paul Tol's "bright". After the last one they repeat.
 */
export const PALETTE: readonly string[] = [
  '#4db4f0', // sky blue
  '#f0a516', // orange
  '#1fc997', // bluish green
  '#f2e34c', // yellow
  '#e783b8', // reddish purple
  '#f0703c', // vermilion
  '#7f9cff', // blue
  '#c9d36a', // olive light
  '#b58cf2', // violet
  '#f5b7a1', // peach
  '#8fd8e8', // pale cyan
  '#d0d0d0', // grey
];

export function paletteColor(index: number): string {
  return PALETTE[((index % PALETTE.length) + PALETTE.length) % PALETTE.length] ?? '#d0d0d0';
}

/** Relative luminance (WCAG 2) of `#rrggbb`; other notations count as light. */
function luminance(color: string): number {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!match) return 1;
  const [r = 0, g = 0, b = 0] = match.slice(1).map((hex) => {
    const value = parseInt(hex, 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever reads better on `color`. */
export function inkOn(color: string): string {
  return luminance(color) > 0.18 ? '#0b0e12' : '#ffffff';
}
