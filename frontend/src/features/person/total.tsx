import { Card, Text } from '@mantine/core';

/** One figure with what it is and what it is of. */
export function Total({ name, value, about }: { name: string; value: string; about: string }) {
  return (
    <Card>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="xl" fw={600}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
    </Card>
  );
}
