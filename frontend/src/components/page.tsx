/** The frame inside the shell that every ordinary page has: a title line with its actions, then content. */
import { Box, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

import css from '@/components/page.module.css';

type PageProps = {
  title: ReactNode;
  /** One quiet line under the title. */
  about?: ReactNode;
  actions?: ReactNode;
  /** Reading width for forms and settings; the default uses the room. */
  narrow?: boolean;
  children: ReactNode;
};

export function PageFrame({ title, about, actions, narrow = false, children }: PageProps) {
  return (
    <Box p="lg" maw={narrow ? 880 : 1600} mx={narrow ? undefined : 'auto'} w="100%">
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="md" className={css.head}>
          <Box miw={0}>
            <Title order={1}>{title}</Title>
            {about && (
              <Text c="dimmed" size="sm" mt={4}>
                {about}
              </Text>
            )}
          </Box>
          {actions && (
            <Group gap="xs" wrap="nowrap" flex="none" className={css.actions}>
              {actions}
            </Group>
          )}
        </Group>
        {children}
      </Stack>
    </Box>
  );
}

type SectionProps = { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode };

/** A titled block of a page. */
export function Section({ title, about, actions, children }: SectionProps) {
  return (
    <Stack component="section" gap="xs" aria-label={title}>
      <Group justify="space-between" align="baseline" wrap="nowrap" className={css.head}>
        <Group gap="xs" align="baseline">
          <Title order={2}>{title}</Title>
          {about && (
            <Text c="dimmed" size="sm">
              {about}
            </Text>
          )}
        </Group>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
