/** Numbers on the screen. Missing values are a dash, never a zero. */

export const NONE = '–';
/** Between a number and its unit. */
export const NBSP = '\u00a0';
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? NONE : whole.format(value);

/** 0.4137 → "41 %". */
export const percent = (share: number | null | undefined, digits = 0): string =>
  share == null ? NONE : `${(share * 100).toFixed(digits)}${NBSP}%`;

/** 0.7134 → ".71" as scores and AP are read, −0.12 → "−.12" with a minus sign, and nothing below zero that rounds to it. */
export const score = (value: number | null | undefined, digits = 2): string => {
  if (value === null || value === undefined) return NONE;
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) > 0 ? '\u2212' : '') + text.replace(/^0\./, '.');
};

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < BYTE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(unit === 0 || size >= 100 ? 0 : 1)}${NBSP}${BYTE_UNITS[unit] ?? ''}`;
}

/** "1 picture", "3 pictures". */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${whole.format(value)} ${value === 1 ? one : many}`;
