/** Figures of a measured saving, ready to be drawn and written. Pure, so that they can be tested. */
import type { Measured, SavingsPoint, Share } from '@/features/learning/api';
import { NBSP } from '@/lib/numbers';

export type Axis = 'pictures' | 'boxes' | 'minutes';
export type Spot = { x: number; value: number; low: number; high: number };
export type Line = { name: 'random' | 'chosen'; spots: Spot[] };

const cost = (point: SavingsPoint, name: Line['name'], axis: Axis): number => {
  if (axis === 'pictures') return point.pictures;
  return axis === 'boxes' ? point[`${name}_boxes`] : point[`${name}_seconds`] / 60;
};

export function linesOf(curve: readonly SavingsPoint[], axis: Axis): Line[] {
  return (['random', 'chosen'] as const).map((name) => ({
    name,
    spots: curve.map((point) => ({ x: cost(point, name, axis), ...point[name] })),
  }));
}

/** Saved, lost, or not told apart from nothing. */
export function verdictOf(share: Share): 'saved' | 'lost' | 'open' {
  if (share.low > 0) return 'saved';
  return share.high < 0 ? 'lost' : 'open';
}

const whole = (share: number): string => `${Math.round(share * 100)}`.replace('-', '−');

/** "41 % [29 … 50]"; only "−20 … 30 %" where it may be nothing: the middle of that would be taken for an answer. */
export function shareText(share: Share): string {
  const span = `${whole(share.low)} … ${whole(share.high)}`;
  return verdictOf(share) === 'open' ? `${span}${NBSP}%` : `${whole(share.value)}${NBSP}% [${span}]`;
}

export function savingsCsv({ curve = [] }: Measured): string {
  const head =
    'pictures,random,random_low,random_high,chosen,chosen_low,chosen_high,random_boxes,random_minutes,chosen_boxes,chosen_minutes';
  const rows = curve.map(({ random, chosen, ...point }) =>
    [
      point.pictures,
      random.value,
      random.low,
      random.high,
      chosen.value,
      chosen.low,
      chosen.high,
      point.random_boxes,
      point.random_seconds / 60,
      point.chosen_boxes,
      point.chosen_seconds / 60,
    ].join(','),
  );
  return `${[head, ...rows].join('\n')}\n`;
}
