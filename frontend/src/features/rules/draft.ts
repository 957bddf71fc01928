/** A rule while it is being written: every part there, and whether it is asked for. Plain functions. */
import type { Condition, Rule, RuleWrite } from '@/features/rules/api';

export type Draft = {
  name: string;
  severity: Rule['severity'];
  labels: string[];
  countIs: 'at_least' | 'at_most';
  count: number;
  where: 'anywhere' | 'zone' | 'line';
  zones: string[];
  line: string;
  direction: 'forward' | 'backward' | 'either';
  dwellS: number | null;
  nearM: number | null;
  nearLabels: string[];
  speedMS: number | null;
  gear: { item: 'helmet' | 'vest'; state: 'missing' | 'worn'; label: string } | null;
  lastsS: number;
  days: number[];
  from: string;
  to: string;
  isAlways: boolean;
  clearS: number;
  cooldownS: number;
  escalateMin: number | null;
};

export const emptyDraft = (labels: string[]): Draft => ({
  name: '',
  severity: 'medium',
  labels,
  countIs: 'at_least',
  count: 1,
  where: 'anywhere',
  zones: [],
  line: '',
  direction: 'either',
  dwellS: null,
  nearM: null,
  nearLabels: labels,
  speedMS: null,
  gear: null,
  lastsS: 1,
  days: [0, 1, 2, 3, 4, 5, 6],
  from: '06:00',
  to: '22:00',
  isAlways: true,
  clearS: 3,
  cooldownS: 30,
  escalateMin: null,
});

export function draftOf(rule: Rule): Draft {
  const { condition } = rule;
  const gear = condition.gear?.[0];
  const window = rule.schedule[0];
  return {
    ...emptyDraft(condition.labels),
    name: rule.name,
    severity: rule.severity,
    countIs: condition.count_is ?? 'at_least',
    count: condition.count ?? 1,
    where: condition.line ? 'line' : condition.zones?.length ? 'zone' : 'anywhere',
    zones: condition.zones ?? [],
    line: condition.line ?? '',
    direction: condition.direction ?? 'either',
    dwellS: condition.dwell_s ?? null,
    nearM: condition.near_m ?? null,
    nearLabels: condition.near_labels?.length ? condition.near_labels : condition.labels,
    speedMS: condition.speed_m_s ?? null,
    gear: gear ? { item: gear.item, state: gear.state, label: gear.label } : null,
    lastsS: condition.lasts_s ?? 0,
    isAlways: !window,
    days: window?.days ?? [0, 1, 2, 3, 4, 5, 6],
    from: window?.start ?? '06:00',
    to: window?.end ?? '22:00',
    clearS: rule.clear_s,
    cooldownS: rule.cooldown_s,
    escalateMin: rule.escalate_after_s === null ? null : rule.escalate_after_s / 60,
  };
}

export function conditionOf(draft: Draft): Condition {
  const isLine = draft.where === 'line';
  return {
    labels: draft.labels,
    zones: draft.where === 'zone' ? draft.zones : [],
    line: isLine && draft.line ? draft.line : null,
    direction: draft.direction,
    dwell_s: draft.where === 'zone' ? draft.dwellS : null,
    near_m: draft.nearM,
    near_labels: draft.nearM === null ? [] : draft.nearLabels,
    speed_m_s: draft.speedMS,
    gear: draft.gear ? [draft.gear] : [],
    count_is: isLine ? 'at_least' : draft.countIs,
    count: isLine ? 1 : draft.count,
    lasts_s: isLine ? 0 : draft.lastsS,
  };
}

export const ruleOf = (draft: Draft): RuleWrite => ({
  name: draft.name.trim(),
  severity: draft.severity,
  condition: conditionOf(draft),
  schedule: draft.isAlways ? [] : [{ days: draft.days, start: draft.from, end: draft.to }],
  clear_s: draft.clearS,
  cooldown_s: draft.cooldownS,
  escalate_after_s: draft.escalateMin === null ? null : Math.round(draft.escalateMin * 60),
});

type Names = { label: (id: string) => string; mark: (id: string) => string };

/** The rule as one sentence, and the name proposed for it. */
export function sentence(draft: Draft, names: Names): string {
  const what = draft.labels.map(names.label).join(' or ') || '…';
  const isLine = draft.where === 'line';
  const many =
    isLine || (draft.countIs === 'at_least' && draft.count === 1)
      ? `a ${what}`
      : draft.countIs === 'at_most' && draft.count === 0
        ? `no ${what}`
        : `${draft.countIs === 'at_least' ? 'at least' : 'at most'} ${draft.count} × ${what}`;
  const zones = draft.zones.map(names.mark).join(' or ') || '…';
  const way = { forward: ' forward', backward: ' backward', either: '' }[draft.direction];
  const parts = [
    `When ${many}`,
    draft.where === 'anywhere' && draft.nearM === null && draft.speedMS === null && 'is in the picture',
    draft.where === 'zone' && `is in ${zones}`,
    isLine && `goes over ${draft.line ? names.mark(draft.line) : '…'}${way}`,
    draft.where === 'zone' && draft.dwellS !== null && `for ${draft.dwellS} s`,
    draft.nearM !== null &&
      `comes within ${draft.nearM} m of a ${draft.nearLabels.map(names.label).join(' or ')}`,
    draft.speedMS !== null && `moves faster than ${draft.speedMS} m/s`,
    draft.gear && `${draft.gear.state === 'missing' ? 'without' : 'with'} a ${draft.gear.item}`,
    !isLine && draft.lastsS > 0 && `for ${draft.lastsS} s on end`,
    !draft.isAlways && `between ${draft.from} and ${draft.to}`,
  ];
  return parts.filter(Boolean).join(' ');
}
