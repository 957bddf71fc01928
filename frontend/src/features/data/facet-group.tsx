import { Checkbox, ColorSwatch, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';

import css from '@/features/data/data.module.css';
import { count } from '@/lib/numbers';

type GroupProps = { title: string; startsOpen?: boolean; isSet?: boolean; children: ReactNode };

/** A heading that folds; one with a filter set starts open. */
export function FilterGroup({ title, startsOpen = true, isSet = false, children }: GroupProps) {
  const [open, setOpen] = useState(startsOpen || isSet);
  return (
    <div className={css.group}>
      <UnstyledButton className={css.groupHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={14} className={css.groupArrow} data-open={open || undefined} aria-hidden />
        <span>{title}</span>
        {isSet && !open && <span className={css.groupDot} aria-label="a filter is set" />}
      </UnstyledButton>
      {open && <div className={css.groupBody}>{children}</div>}
    </div>
  );
}

export type Choice = { value: string; name: string; count?: number; color?: string };
type ChoicesProps = {
  title: string;
  choices: Choice[];
  chosen: readonly string[];
  startsOpen?: boolean;
  onToggle: (value: string) => void;
};

const SHOWN_FIRST = 8;

/** Values with their counts, any of which may be chosen. */
export function FacetGroup({ title, choices, chosen, startsOpen, onToggle }: ChoicesProps) {
  const [isLong, setLong] = useState(false);
  if (choices.length === 0) return null;
  const shown = isLong
    ? choices
    : choices.filter((choice, at) => at < SHOWN_FIRST || chosen.includes(choice.value));
  return (
    <FilterGroup title={title} startsOpen={startsOpen} isSet={chosen.length > 0}>
      <Stack gap={0}>
        {shown.map((choice) => (
          <label key={choice.value} className={css.choice}>
            <Checkbox
              size="xs"
              checked={chosen.includes(choice.value)}
              onChange={() => onToggle(choice.value)}
              aria-label={choice.name}
            />
            <Group gap={6} wrap="nowrap" flex={1} miw={0}>
              {choice.color && <ColorSwatch color={choice.color} size={10} withShadow={false} />}
              <Text size="sm" truncate>
                {choice.name}
              </Text>
            </Group>
            {choice.count !== undefined && (
              <Text size="xs" c="dimmed">
                {count(choice.count)}
              </Text>
            )}
          </label>
        ))}
        {shown.length < choices.length && (
          <UnstyledButton className={css.moreChoices} onClick={() => setLong(true)}>
            {choices.length - shown.length} more
          </UnstyledButton>
        )}
      </Stack>
    </FilterGroup>
  );
}
