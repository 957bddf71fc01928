import { Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

import { TextLink } from '@/components/links';
import type { Overview } from '@/types/api';

/** Where a loop does not move, in words, with the way to mend it. */
export function StuckList({ stuck }: { stuck: Overview['stuck'] }) {
  if (stuck.length === 0) return null;
  return (
    <Stack gap={2} px={8} pb={4}>
      {stuck.map((each) => (
        <Group key={each.step + each.message} gap={6} wrap="nowrap">
          <IconAlertTriangle
            size={14}
            color="light-dark(#9a5b00, #f0b458)"
            aria-hidden
            style={{ flex: 'none' }}
          />
          {each.link ? (
            <TextLink to={each.link} size="sm">
              {each.message}
            </TextLink>
          ) : (
            <Text size="sm">{each.message}</Text>
          )}
        </Group>
      ))}
    </Stack>
  );
}
