import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';

import type { KeyBinding } from '@/canvas/keymap';
import { VIDEO_KEYS } from '@/components/video/keys';

import { annotateWords as words } from '../strings';
import { keyCaps, PAGE_KEYS } from '../work/keys';

type Line = { title: string; keys: readonly string[] };
type Props = { isOpen: boolean; onClose: () => void; bindings: readonly KeyBinding[]; isVideo: boolean };

export function ShortcutSheet({ isOpen, onClose, bindings, isVideo }: Props) {
  const groups = new Map<string, Line[]>();
  const add = (group: string, line: Line) => groups.set(group, [...(groups.get(group) ?? []), line]);
  for (const { title, keys } of PAGE_KEYS) add('Picture by picture', { title, keys });
  for (const { group, title, keys } of bindings)
    if (group !== 'Video' || isVideo) add(group, { title, keys });
  if (isVideo) Object.values(VIDEO_KEYS).forEach(({ title, key }) => add('Video', { title, keys: [key] }));
  add('Tools', { title: 'Pick a label', keys: ['1', '9'] });
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.shortcuts} size="xl">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="lg">
        {[...groups].map(([group, lines]) => (
          <Stack key={group} gap={4}>
            <Title order={3}>{group}</Title>
            {lines.map((line) => (
              <Group key={line.title} justify="space-between" wrap="nowrap" gap="xs">
                <Text size="sm">{line.title}</Text>
                <Group gap={4} wrap="nowrap">
                  {line.keys.slice(0, 2).map((chord, index) => (
                    <Group key={chord} gap={2} wrap="nowrap">
                      {index > 0 && (
                        <Text size="xs" c="dimmed">
                          {line.title === 'Pick a label' ? 'to' : 'or'}
                        </Text>
                      )}
                      {keyCaps(chord).map((cap) => (
                        <Kbd key={cap} size="xs">
                          {cap}
                        </Kbd>
                      ))}
                    </Group>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
