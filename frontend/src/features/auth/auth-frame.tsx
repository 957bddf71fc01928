import { Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

import css from '@/features/auth/auth.module.css';
import { LoopMark } from '@/components/loop-mark';

/** The quiet page around sign-in and one-time links. */
export function AuthFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={css.page}>
      <Stack w="100%" maw={380} gap="lg">
        <Group gap="sm" justify="center" c="var(--mantine-primary-color-filled)">
          <LoopMark size={32} />
          <Text fw={650} size="22px" c="var(--mantine-color-text)">
            Siteloop
          </Text>
        </Group>
        <Card padding="lg">
          <Title order={1} mb="md">
            {title}
          </Title>
          {children}
        </Card>
      </Stack>
    </main>
  );
}
