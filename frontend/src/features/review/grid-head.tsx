import { Button, NumberInput, Select, Slider, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { paths } from '@/lib/paths';
import type { Label } from '@/types/api';

import type { GridFilters } from './api';
import css from './review.module.css';
import { reviewWords as words } from './strings';

type Filter = { label?: string; min?: number };
type Props = {
  switcher: ReactNode;
  labels: readonly Label[];
  filters: GridFilters;
  onFilter: (next: Filter) => void;
  size: number;
  onSize: (px: number) => void;
  /** How many decisions an undo takes back. */
  undoes: number;
  onUndo: () => void;
};

/** Which suggestions are shown, kept in the address. */
export function useFilters(projectId: string) {
  const search = useSearch({ strict: false }) as { label?: string; min?: number };
  const navigate = useNavigate();
  const filters: GridFilters = { label_id: search.label, min_score: search.min };
  const set = (next: Filter) =>
    void navigate({
      to: paths.review(projectId),
      search: { view: 'grid', ...search, ...next },
      replace: true,
    });
  return { filters, set };
}

/** The line over the grid: which suggestions, how large, and one step back. */
export function GridHead({ switcher, labels, filters, onFilter, size, onSize, undoes, onUndo }: Props) {
  return (
    <header className={css.top}>
      {switcher}
      <Select
        size="xs"
        w={150}
        aria-label={words.label}
        placeholder={words.allLabels}
        clearable
        data={labels.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.label_id ?? null}
        onChange={(label) => onFilter({ label: label ?? undefined })}
      />
      <NumberInput
        size="xs"
        w={118}
        aria-label={words.minScore}
        placeholder={words.minScore}
        min={0}
        max={1}
        step={0.05}
        decimalScale={2}
        value={filters.min_score ?? ''}
        onChange={(min) => onFilter({ min: typeof min === 'number' && min > 0 ? min : undefined })}
      />
      <span className={css.spacer} />
      <Text size="xs" c="dimmed" visibleFrom="md">
        {words.size}
      </Text>
      <Slider
        visibleFrom="sm"
        w={90}
        size="xs"
        min={96}
        max={288}
        label={null}
        thumbLabel={words.size}
        value={size}
        onChange={onSize}
      />
      <Button size="compact-sm" variant="default" disabled={undoes === 0} onClick={onUndo}>
        {words.undoLast(undoes)}
      </Button>
    </header>
  );
}
