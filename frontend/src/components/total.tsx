import { Card, Text } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = {
  name: string;
  value: string;
  /** A few words of what it is of; where a whole sentence has to be read, `children` instead. */
  about?: string;
  children?: ReactNode;
};

/** One figure with what it is and what it is of. */
export function Total({ name, value, about, children }: Props) {
  return (
    <Card>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="xl" fw={600}>
        {value}
      </Text>
      {about !== undefined && (
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      )}
      {children}
    </Card>
  );
}
