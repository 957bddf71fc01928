import { ActionIcon, Group, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';

/** One thing that was placed, in words, and the way to remove it. */
export function Row({
  name,
  color,
  onRemove,
}: {
  name: string;
  color?: string | undefined;
  onRemove: () => void;
}) {
  return (
    <Group gap="xs" wrap="nowrap" justify="space-between">
      <Text size="sm" c={color}>
        {name}
      </Text>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Remove ${name}`} onClick={onRemove}>
        <IconTrash size={14} />
      </ActionIcon>
    </Group>
  );
}
