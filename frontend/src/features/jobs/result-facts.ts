/** A job's result as facts a person can read; ids and hashes are for machines. */

import { jobWords as words, RESULT_NAMES } from '@/features/jobs/strings';
import { count } from '@/lib/numbers';

/** One line, or several: what is listed was named one by one. */
export type Fact = { name: string; value: string } | { name: string; lines: string[] };

const FOR_MACHINES = /(^|_)(id|hash|sha256)$/;

export function resultFacts(result: Record<string, unknown>): Fact[] {
  const facts: Fact[] = [];
  for (const [key, value] of Object.entries(result)) {
    if (FOR_MACHINES.test(key)) continue;
    const name = RESULT_NAMES[key] ?? sentence(key);
    if (isRecord(value) || Array.isArray(value)) {
      const lines = Array.isArray(value) ? value.map(line) : Object.entries(value).map(pair);
      if (lines.length > 0) facts.push({ name, lines });
    } else if (value !== null && value !== '') facts.push({ name, value: plain(value) });
  }
  return facts;
}

/** `left_out` → "Left out". */
function sentence(key: string): string {
  const text = key.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function plain(value: unknown): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number')
    return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)));
  return typeof value === 'string' ? value : line(value);
}

const pair = ([key, value]: [string, unknown]): string => `${key}: ${plain(value)}`;

/** Something with a name and a reason reads as such; anything else as its parts. */
function line(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (!isRecord(value)) return plain(value ?? '');
  const { name, reason, ...others } = value;
  if (typeof name === 'string' && typeof reason === 'string' && Object.keys(others).length === 0)
    return `${name}: ${reason}`;
  return Object.entries(value).map(pair).join(', ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
