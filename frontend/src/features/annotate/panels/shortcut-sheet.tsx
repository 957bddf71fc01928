import { Button, Group, Modal, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

import type { Label } from '@/types/api';

import { shortcutWords as words } from './strings';
import { ShortcutLine } from './shortcut-line';
import { keyCaps } from '../work/keys';
import { keyLines, refusalOf, withoutChoice, type KeyChoices, type KeyLine } from '../work/key-choices';

type Props = {
  isOpen: boolean;
  onClose: () => void;
  choices: KeyChoices;
  labels: readonly Label[];
  isVideo: boolean;
  onChange: (choices: KeyChoices) => void;
};

export function ShortcutSheet({ isOpen, onClose, ...rest }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.title} size="xl">
      <Sheet {...rest} />
    </Modal>
  );
}

/** Which line waits for a key, and why the last one was refused. */
type Asked = { id: string; refused: string | null };

function Sheet({ choices, labels, isVideo, onChange }: Omit<Props, 'isOpen' | 'onClose'>) {
  const [search, setSearch] = useState('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const lines = keyLines(choices, labels, isVideo);
  const shown = lines.filter((line) => (line.group !== 'Video' || isVideo) && fits(line, search));
  const groups = [...new Set(shown.map((line) => line.group))].map(
    (group) => [group, shown.filter((line) => line.group === group)] as const,
  );
  const isChanged = lines.some((line) => line.isChanged);

  const take = (id: string, chord: string) => {
    const refused = refusalOf(keyLines(choices, labels, true), id, chord);
    if (refused) return setAsked({ id, refused });
    onChange({ ...choices, [id]: [chord] });
    setAsked(null);
  };
  const reset = (id: string) => {
    const next = withoutChoice(choices, id);
    const all = keyLines(next, labels, true);
    const back = all.find((line) => line.id === id);
    const refused = back?.keys.map((key) => refusalOf(all, id, key)).find((why) => why !== null) ?? null;
    if (refused) return setAsked({ id, refused });
    onChange(next);
    setAsked(null);
  };

  return (
    <Stack gap="md" data-keys>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          flex={1}
          data-autofocus
          leftSection={<IconSearch size={14} stroke={1.6} />}
          placeholder={words.search}
          aria-label={words.search}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={!isChanged}
          onClick={() => {
            onChange({});
            setAsked(null);
          }}
        >
          {words.resetAll}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {words.about}
      </Text>
      {shown.length === 0 && <Text size="sm">{words.none}</Text>}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="lg">
        {groups.map(([group, rows]) => (
          <Stack key={group} gap={2} role="group" aria-label={group}>
            <Title order={3}>{group}</Title>
            {rows.map((line) => (
              <ShortcutLine
                key={line.id}
                line={line}
                isAsked={asked?.id === line.id}
                refused={asked?.id === line.id ? asked.refused : null}
                onAsk={(isAsked) => setAsked(isAsked ? { id: line.id, refused: null } : null)}
                onTake={(chord) => take(line.id, chord)}
                onReset={() => reset(line.id)}
              />
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function fits({ title, group, keys }: KeyLine, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  const said = [title, group, ...keys, ...keys.map((key) => keyCaps(key).join(' '))];
  return said.some((text) => text.toLowerCase().includes(wanted));
}
