import { Group, NumberInput, Select, Stack, Text, ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';

import { selectionWords as words } from '@/features/projects/strings';

type Row = { id: string; name: string };
type Props = {
  title: string;
  unit: string;
  rows: readonly Row[];
  readOnly: boolean;
  value: Readonly<Record<string, number>>;
  onChange: (value: Record<string, number>) => void;
};

const FIRST = 10;

/** Least numbers by label or site; those that are gone from the project fall out with the next change. */
export function Quotas({ title, unit, rows, readOnly, value, onChange }: Props) {
  const asked = rows.filter(({ id }) => id in value);
  const others = rows.filter(({ id }) => !(id in value));
  /** `null` drops it. */
  const set = (id: string, count: number | null) => {
    const kept = asked.filter((row) => row.id !== id).map((row) => [row.id, value[row.id] ?? FIRST]);
    onChange(Object.fromEntries(count === null ? kept : [...kept, [id, count]]));
  };
  return (
    <Stack gap={6} role="group" aria-label={title}>
      <Text size="sm" fw={550}>
        {title}
      </Text>
      {asked.map(({ id, name }) => (
        <Group key={id} gap="xs" wrap="nowrap">
          <Text size="sm" flex={1} truncate>
            {name}
          </Text>
          <NumberInput
            aria-label={words.quotaOf(name)}
            w={140}
            min={1}
            max={5000}
            suffix={` ${unit}`}
            disabled={readOnly}
            value={value[id]}
            onChange={(next) => set(id, Math.max(1, Number(next) || 1))}
          />
          <ActionIcon aria-label={words.dropQuota(name)} disabled={readOnly} onClick={() => set(id, null)}>
            <IconX size={16} stroke={1.6} />
          </ActionIcon>
        </Group>
      ))}
      {!readOnly && others.length > 0 && (
        <Select
          aria-label={words.addQuota(title)}
          placeholder={asked.length === 0 ? words.noQuota : words.oneMore}
          searchable
          data={others.map(({ id, name }) => ({ value: id, label: name }))}
          value={null}
          onChange={(id) => id && set(id, FIRST)}
        />
      )}
    </Stack>
  );
}
