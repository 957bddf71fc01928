import { RangeSlider, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import type { Facets } from '@/features/data/api';
import css from '@/features/data/data.module.css';
import { FacetGroup, FilterGroup, type Choice } from '@/features/data/facet-group';
import { metaKey, toggled, withValues, type Filters } from '@/features/data/filters';
import {
  dataWords as words,
  GROUP_WORDS,
  ISSUE_WORDS,
  KIND_WORDS,
  REASON_WORDS,
  STATE_WORDS,
} from '@/features/data/strings';
import { score } from '@/lib/numbers';
import type { Label } from '@/types/api';

type Props = {
  filters: Filters;
  facets: Facets | undefined;
  labels: readonly Label[];
  onChange: (filters: Filters) => void;
};

const wordChoices = (names: Record<string, string>, counts: Record<string, number> | undefined): Choice[] =>
  Object.entries(names)
    .filter(([value]) => counts?.[value])
    .map(([value, name]) => ({ value, name, count: counts?.[value] }));

export function FilterPanel({ filters, facets, labels, onChange }: Props) {
  const group = (key: string, choices: Choice[], startsOpen = true) => (
    <FacetGroup
      title={GROUP_WORDS[key] ?? key}
      choices={choices}
      chosen={filters[key] ?? []}
      startsOpen={startsOpen}
      onToggle={(value) => onChange(toggled(filters, key, value))}
    />
  );
  const labelChoices = labels.map(({ id, name, color }) => ({ value: id, name, color }));
  const kinds = wordChoices(KIND_WORDS, facets?.kinds);
  return (
    <Stack gap={0} component="nav" aria-label={words.filters} className={css.filters}>
      <NameSearch
        value={filters.search?.[0] ?? ''}
        onChange={(text) => onChange(withValues(filters, 'search', [text]))}
      />
      {group('state', wordChoices(STATE_WORDS, facets?.states))}
      {group(
        'label',
        labelChoices.map((choice) => ({ ...choice, count: facets?.labels[choice.value] ?? 0 })),
      )}
      {group('suggested_label', labelChoices, false)}
      <ScoreRange filters={filters} onChange={onChange} />
      {group(
        'camera',
        (facets?.cameras ?? []).map((place) => ({ ...place })),
      )}
      {group(
        'site',
        (facets?.sites ?? []).map((place) => ({ ...place })),
        false,
      )}
      {kinds.length > 1 && group('kind', kinds)}
      {group('selection_reason', wordChoices(REASON_WORDS, facets?.reasons), false)}
      {group(
        'issue',
        Object.entries(ISSUE_WORDS).map(([value, name]) => ({ value, name })),
        false,
      )}
      <Either
        title={GROUP_WORDS.near_copy ?? ''}
        data={[
          { value: '', label: 'All' },
          { value: 'false', label: 'Hide' },
          { value: 'true', label: 'Only' },
        ]}
        value={filters.near_copy?.[0] ?? ''}
        count={facets?.near_copies}
        onChange={(value) => onChange(withValues(filters, 'near_copy', [value]))}
      />
      <Either
        title={GROUP_WORDS.excluded ?? ''}
        data={[
          { value: '', label: 'Hide' },
          { value: 'all', label: 'All' },
          { value: 'yes', label: 'Only' },
        ]}
        value={filters.excluded?.[0] ?? ''}
        count={facets?.excluded}
        onChange={(value) => onChange(withValues(filters, 'excluded', [value]))}
      />
      <TakenBetween filters={filters} onChange={onChange} />
      {facets?.metadata.map(({ key, values }) => (
        <FilterGroup key={key} title={key} startsOpen={false} isSet={filters[metaKey(key)] !== undefined}>
          <Select
            aria-label={key}
            size="xs"
            clearable
            searchable
            data={values.map(({ value, count }) => ({ value, label: `${value} (${count})` }))}
            value={filters[metaKey(key)]?.[0] ?? null}
            onChange={(value) => onChange(withValues(filters, metaKey(key), value ? [value] : []))}
          />
        </FilterGroup>
      ))}
      <Text size="xs" c="dimmed" p="sm">
        {facets?.capped ? words.countsCapped : words.countsAbout}
      </Text>
    </Stack>
  );
}

const TYPING_MS = 300;

function NameSearch({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    // The address changed from elsewhere (a slice, the way back).
    setSeen(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => onChange(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <TextInput
      aria-label={words.search}
      placeholder={words.searchPlaceholder}
      leftSection={<IconSearch size={15} stroke={1.6} />}
      size="xs"
      m="sm"
      mb={4}
      maxLength={100}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

function ScoreRange({ filters, onChange }: Pick<Props, 'filters' | 'onChange'>) {
  const low = Number(filters.min_score?.[0] ?? 0);
  const high = Number(filters.max_score?.[0] ?? 1);
  return (
    <FilterGroup title="Score of suggestions" isSet={low > 0 || high < 1}>
      <RangeSlider
        key={`${low}-${high}`}
        min={0}
        max={1}
        step={0.05}
        minRange={0.05}
        size="sm"
        mx={6}
        mt={4}
        mb={18}
        label={(value) => score(value)}
        marks={[
          { value: 0, label: '0' },
          { value: 0.5, label: '.5' },
          { value: 1, label: '1' },
        ]}
        thumbFromLabel="Score from"
        thumbToLabel="Score to"
        defaultValue={[low, high]}
        onChangeEnd={([from, to]) =>
          onChange(
            withValues(
              withValues(filters, 'min_score', from > 0 ? [String(from)] : []),
              'max_score',
              to < 1 ? [String(to)] : [],
            ),
          )
        }
      />
    </FilterGroup>
  );
}

function TakenBetween({ filters, onChange }: Pick<Props, 'filters' | 'onChange'>) {
  const field = (key: string, label: string) => (
    <TextInput
      type="date"
      size="xs"
      label={label}
      value={filters[key]?.[0]?.slice(0, 10) ?? ''}
      onChange={(event) => {
        const day = event.currentTarget.value;
        onChange(withValues(filters, key, day ? [`${day}T00:00:00Z`] : []));
      }}
    />
  );
  return (
    <FilterGroup
      title="Time taken"
      startsOpen={false}
      isSet={Boolean(filters.captured_from ?? filters.captured_to)}
    >
      <Stack gap={6}>
        {field('captured_from', 'From')}
        {field('captured_to', 'Before')}
      </Stack>
    </FilterGroup>
  );
}

type EitherProps = {
  title: string;
  data: { value: string; label: string }[];
  value: string;
  count: number | undefined;
  onChange: (value: string) => void;
};

function Either({ title, data, value, count: n, onChange }: EitherProps) {
  return (
    <FilterGroup title={n ? `${title} (${n})` : title} startsOpen={false} isSet={value !== ''}>
      <SegmentedControl
        aria-label={title}
        fullWidth
        size="xs"
        data={data}
        value={value}
        onChange={onChange}
      />
    </FilterGroup>
  );
}
