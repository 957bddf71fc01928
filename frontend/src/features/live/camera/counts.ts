/** What was counted, as bars: which of them a chart shows, and how much of each bin was watched. */
import type { Schemas } from '@/types/api';
import { LABEL_PALETTE } from '@/lib/label-palette';

export type Counts = Schemas['Counts'];
export type Series = Schemas['CountSeries'];
export type Part = 'view' | 'zone' | 'line' | 'rule';
export type Measure = 'tracks' | 'mean' | 'peak' | 'dwell_s' | 'speed_m_s' | 'incidents' | 'crossings';

export type Piece = { key: string; name: string; color: string; value: number };
export type Bar = {
  at: string;
  endsAt: string;
  /** Part of the bin that was watched, 0..1; null while it lies ahead. */
  watched: number | null;
  pieces: Piece[];
  /** The height: the sum of the pieces, or the one number; null where nobody watched. */
  value: number | null;
};

const ONE_COLOR = 'var(--mantine-primary-color-filled)';
/** Numbers that add up over labels or zones, so that bars may be stacked. */
const STACKED: readonly Measure[] = ['tracks', 'mean', 'crossings', 'incidents'];

/** The measures that say something here, in the order of the menu. */
export function measuresOf(part: Part, counts: Counts | undefined): Measure[] {
  const has = (name: 'speed_m_s' | 'incidents') =>
    counts?.series.some((series) => series[name].some((value) => value !== null && value > 0)) ?? false;
  if (part === 'rule') return ['incidents'];
  if (part === 'line') return ['crossings'];
  if (part === 'zone') return ['tracks', 'mean', 'peak', 'dwell_s'];
  return [
    'tracks',
    'mean',
    'peak',
    ...(has('speed_m_s') ? (['speed_m_s'] as const) : []),
    ...(has('incidents') ? (['incidents'] as const) : []),
  ];
}

/** The series that are drawn: by label over the whole picture, else one for each zone or line. */
function shown(counts: Counts, part: Part, measure: Measure): Series[] {
  const total = counts.series.filter(({ label_id }) => label_id === null);
  const stacks = STACKED.includes(measure) && measure !== 'incidents';
  return part === 'view' && stacks ? counts.series.filter(({ label_id }) => label_id !== null) : total;
}

function pieces(series: Series, at: number, order: number, measure: Measure): Piece[] {
  const name = series.name || series.label || 'All';
  const color =
    series.color || (series.part_id ? LABEL_PALETTE[order % LABEL_PALETTE.length] : '') || ONE_COLOR;
  const key = `${series.part_id ?? ''}${series.label_id ?? ''}`;
  if (measure !== 'crossings') {
    const value = series[measure][at];
    return value == null ? [] : [{ key, name, color, value }];
  }
  const forward = series.forward[at];
  const backward = series.backward[at];
  if (forward == null || backward == null) return [];
  return [
    { key: `${key}+`, name: `${name} →`, color, value: forward },
    {
      key: `${key}-`,
      name: `${name} ←`,
      color: `color-mix(in srgb, ${color} 55%, var(--surface))`,
      value: backward,
    },
  ];
}

export function barsOf(counts: Counts, part: Part, measure: Measure, nowMs: number): Bar[] {
  const drawn = shown(counts, part, measure);
  return counts.bins.map((bin, at) => {
    const exposures = counts.series.map(({ exposure_s }) => exposure_s[at] ?? 0);
    const startMs = new Date(bin.at).getTime();
    const pastS = Math.min(bin.seconds, (nowMs - startMs) / 1000) * Math.max(1, counts.feeds);
    const found = drawn.flatMap((series, order) => pieces(series, at, order, measure));
    const isWatched = exposures.some((seconds) => seconds > 0);
    const values = found.map(({ value }) => value);
    const height = STACKED.includes(measure)
      ? values.reduce((sum, value) => sum + value, 0)
      : Math.max(0, ...values);
    return {
      at: bin.at,
      endsAt: bin.ends_at,
      watched: startMs > nowMs ? null : Math.min(1, Math.max(0, ...exposures) / Math.max(1, pastS)),
      pieces: found.filter(({ value }) => value > 0),
      value: isWatched ? height : null,
    };
  });
}

/** Names and colours of what is drawn, each once. */
export function legendOf(bars: readonly Bar[]): Omit<Piece, 'value'>[] {
  const found = new Map<string, Omit<Piece, 'value'>>();
  for (const { pieces: each } of bars) {
    for (const { key, name, color } of each) if (!found.has(key)) found.set(key, { key, name, color });
  }
  return [...found.values()];
}

/** A round number at or above the highest bar, for the axis. */
export function axisTop(values: readonly (number | null)[]): number {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 5, 10].find((each) => each * power >= most) ?? 10;
  return step * power;
}

/** "2026-11-26" at the site. */
export function siteDay(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(ms);
}

export function shiftDay(day: string, days: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

export const isDay = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

export function dayWords(day: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(new Date(`${day}T12:00:00Z`));
}

/** "08:00" at the site. */
export function clock(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
    new Date(iso),
  );
}

/** "7", "0.4", "1.25": as many digits as the number bears. */
export function amount(value: number | null): string {
  if (value === null) return '–';
  return new Intl.NumberFormat('en', {
    maximumFractionDigits: value >= 10 || Number.isInteger(value) ? 0 : 2,
  }).format(value);
}
