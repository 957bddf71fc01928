/** Times on the screen: relative, with the exact one (in the site's zone where there is one) on hover. */

const SECOND_MS = 1000;
const STEPS: [limitMs: number, unitMs: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60 * SECOND_MS, SECOND_MS, 'second'],
  [3600 * SECOND_MS, 60 * SECOND_MS, 'minute'],
  [86_400 * SECOND_MS, 3600 * SECOND_MS, 'hour'],
  [30 * 86_400 * SECOND_MS, 86_400 * SECOND_MS, 'day'],
  [365 * 86_400 * SECOND_MS, 30 * 86_400 * SECOND_MS, 'month'],
  [Number.POSITIVE_INFINITY, 365 * 86_400 * SECOND_MS, 'year'],
];
const JUST_NOW_MS = 10 * SECOND_MS;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** "3 minutes ago", "in 2 hours", "just now". */
export function timeAgo(iso: string, nowMs: number = Date.now()): string {
  const deltaMs = new Date(iso).getTime() - nowMs;
  const size = Math.abs(deltaMs);
  if (size < JUST_NOW_MS) return 'just now';
  const step = STEPS.find(([limitMs]) => size < limitMs);
  if (!step) return '';
  return relative.format(Math.round(deltaMs / step[1]), step[2]);
}

/** "17 minutes", "1 day": how long something has lasted. */
export function timeSince(iso: string, nowMs: number = Date.now()): string {
  const goneMs = Math.max(0, nowMs - new Date(iso).getTime());
  const step = STEPS.find(([limitMs]) => goneMs < limitMs);
  if (goneMs < JUST_NOW_MS || !step) return 'a few seconds';
  const [, unitMs, unit] = step;
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.round(goneMs / unitMs),
  );
}

/** "23 Nov 2026, 14:35:16 GMT-6" in the given zone, or in the reader's own. */
export function exactTime(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone,
  })
    .format(new Date(iso))
    .concat(timeZone ? ` (${timeZone})` : '');
}

/** "48 s", "3 min 20 s", "2 h 05 min". */
export function duration(seconds: number): string {
  if (seconds < 1) return 'under 1\u00a0s';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}\u00a0s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min ${String(whole % 60).padStart(2, '0')}\u00a0s`;
  return `${Math.floor(whole / 3600)}\u00a0h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}\u00a0min`;
}

/** What is left of work that began at `startedAt` and is done by `progress` (0..1); null while too early to say. */
export function secondsLeft(startedAt: string, progress: number, nowMs: number = Date.now()): number | null {
  const goneS = (nowMs - new Date(startedAt).getTime()) / 1000;
  if (progress < 0.03 || goneS < 2) return null;
  return (goneS / progress) * (1 - progress);
}

export const isPast = (iso: string): boolean => new Date(iso).getTime() < Date.now();
