/** Time in a plan, and how good the plan is, in words. Pure, so that they can be tested. */
import { NBSP } from '@/lib/numbers';

import type { Plan } from './api';

const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** 40 → "40 min", 270 → "4.5 h". */
export function spent(minutes: number): string {
  if (minutes <= 0) return `0${NBSP}min`;
  if (minutes < 60) return `${Math.max(1, Math.round(minutes))}${NBSP}min`;
  const hours = minutes / 60;
  return `${oneDecimal.format(hours >= 10 ? Math.round(hours) : hours)}${NBSP}h`;
}

/** Shares of somebody's time, 0..1: what they had, what the plan adds; together never more than all of it. */
export function filled(person: { in_hand: number; planned: number; minutes: number }): [number, number] {
  if (person.minutes <= 0) return [0, 0];
  const had = Math.min(1, person.in_hand / person.minutes);
  return [had, Math.min(1 - had, person.planned / person.minutes)];
}

/** How near the plan is to the best there is. */
export function howGood({ method, gap }: Pick<Plan, 'method' | 'gap'>): string {
  if (gap === null) {
    return 'The quick plan: the solver had no answer in time. Planning again may find a better one.';
  }
  const most =
    gap < 0.0005 ? '' : `: no other is better by more than ${oneDecimal.format(gap * 100)}${NBSP}%`;
  if (method === 'greedy') return `The quick plan was the best found${most}.`;
  return most ? `A solved plan${most}.` : 'The best plan there is.';
}

/** The labels as the server takes them: all of them, or none named, is "all". */
export const labelsOf = (chosen: readonly string[], all: readonly string[]): string[] | null =>
  chosen.length === 0 || all.every((id) => chosen.includes(id)) ? null : [...chosen];
