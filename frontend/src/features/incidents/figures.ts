/** An incident's figures in words, each with its ±. */
import type { Incident } from '@/features/incidents/api';
import { duration } from '@/lib/time';

const banded = ([value, half]: number[], unit: string) =>
  `${(value ?? 0).toFixed(1)} ${unit}${half === undefined ? '' : ` ± ${half.toFixed(1)}`}`;

export function lasted(incident: Incident): string {
  const end = new Date(incident.closed_at ?? incident.seen_at).getTime();
  return duration(Math.max(0, end - new Date(incident.opened_at).getTime()) / 1000);
}

export function figuresOf({ peak }: Incident): { name: string; value: string }[] {
  return [
    { name: 'Most at once', value: String(peak.count) },
    ...(peak.near_m ? [{ name: 'Nearest', value: banded(peak.near_m, 'm') }] : []),
    ...(peak.speed_m_s ? [{ name: 'Fastest', value: banded(peak.speed_m_s, 'm/s') }] : []),
    ...(peak.dwell_s === undefined ? [] : [{ name: 'Longest stay', value: duration(peak.dwell_s) }]),
  ];
}
