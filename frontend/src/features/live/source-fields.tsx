import { Chip, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';

import type { Feed } from '@/features/live/api';
import { ADDRESS_KINDS, liveWords as words, SOURCES } from '@/features/live/strings';

export type Kind = Feed['source_kind'];
export type Typed = { source: string; user: string; password: string };

/** Which kind of source, with a line on what it is for. */
export function KindChoice({ value, onChange }: { value: Kind; onChange: (kind: Kind) => void }) {
  const chosen = SOURCES.find((each) => each.value === value);
  return (
    <Stack gap={6} role="radiogroup" aria-label={words.source}>
      <Text size="sm" fw={600}>
        {words.source}
      </Text>
      <Chip.Group value={value} onChange={(kind) => onChange(kind as Kind)}>
        <Group gap={6}>
          {SOURCES.map((each) => (
            <Chip key={each.value} value={each.value} size="sm" variant="outline">
              {each.label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Text size="xs" c="dimmed">
        {chosen?.about}
      </Text>
    </Stack>
  );
}

type FieldsProps = {
  kind: Kind;
  typed: Typed;
  problem: string | undefined;
  onChange: (typed: Typed) => void;
};

/** The address, and beside a camera's its name and password. */
export function AddressFields({ kind, typed, problem, onChange }: FieldsProps) {
  const chosen = SOURCES.find(({ value }) => value === kind);
  return (
    <Stack gap="xs">
      <TextInput
        label={ADDRESS_KINDS.has(kind) ? words.address : chosen?.label}
        placeholder={chosen?.placeholder}
        value={typed.source}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
        error={problem}
        onChange={(event) => onChange({ ...typed, source: event.currentTarget.value })}
      />
      {ADDRESS_KINDS.has(kind) && (
        <>
          <Group grow align="flex-start">
            <TextInput
              label={words.user}
              value={typed.user}
              maxLength={100}
              autoComplete="off"
              onChange={(event) => onChange({ ...typed, user: event.currentTarget.value })}
            />
            <PasswordInput
              label={words.password}
              value={typed.password}
              maxLength={100}
              autoComplete="new-password"
              onChange={(event) => onChange({ ...typed, password: event.currentTarget.value })}
            />
          </Group>
          <Text size="xs" c="dimmed">
            {words.secretAbout}
          </Text>
        </>
      )}
    </Stack>
  );
}
