/** Words for a filter's values: names instead of ids. */
import { metaName } from '@/features/data/filters';
import type { Facets } from '@/features/data/api';
import {
  ASSET_STATE_WORDS,
  GROUP_WORDS,
  ISSUE_WORDS,
  KIND_WORDS,
  REASON_WORDS,
  STATE_WORDS,
} from '@/features/data/strings';
import { score } from '@/lib/numbers';
import type { Label } from '@/types/api';

const WORDS: Record<string, Record<string, string>> = {
  state: STATE_WORDS,
  selection_reason: REASON_WORDS,
  kind: KIND_WORDS,
  issue: ISSUE_WORDS,
  asset_state: ASSET_STATE_WORDS,
  excluded: { yes: 'only', all: 'shown too' },
  near_copy: { true: 'only', false: 'hidden' },
  blind: { true: 'only', false: 'hidden' },
};

export function groupName(key: string): string {
  return metaName(key) ?? GROUP_WORDS[key] ?? key;
}

export function valueName(key: string, value: string, labels: readonly Label[], facets?: Facets): string {
  if (key === 'label' || key === 'suggested_label') {
    return labels.find(({ id }) => id === value)?.name ?? 'a removed label';
  }
  if (key === 'camera' || key === 'site') {
    const places = key === 'camera' ? facets?.cameras : facets?.sites;
    return places?.find((place) => place.value === value)?.name ?? `another ${key}`;
  }
  if (key === 'min_score' || key === 'max_score') return score(Number(value));
  if (key === 'dataset_version' || key === 'author') return 'chosen';
  if (key.startsWith('captured_')) return value.slice(0, 10);
  return WORDS[key]?.[value] ?? value;
}
