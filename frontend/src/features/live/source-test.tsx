import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';

import { sourceTest } from '@/features/live/api';
import css from '@/features/live/live.module.css';
import { liveWords as words } from '@/features/live/strings';
import { toApiError } from '@/lib/api-error';
import type { Schemas } from '@/types/api';

type Props = { projectId: string; body: Schemas['SourceTestRequest']; isReady: boolean };

/** Opens the source once and shows what it gives, or says what is wrong. Give it a `key` of what was typed. */
export function SourceTest({ projectId, body, isReady }: Props) {
  const test = useMutation({ mutationFn: () => sourceTest(projectId, body) });
  const found = test.data;
  const problem = test.error ? toApiError(test.error).message : found && !found.ok ? found.message : null;
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlugConnected size={14} />}
          disabled={!isReady}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          {words.test}
        </Button>
        <Text size="xs" c="dimmed">
          {test.isPending ? words.testing : words.testAbout}
        </Text>
      </Group>
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      {found?.ok && (
        <div className={css.still}>
          <img src={`data:image/jpeg;base64,${found.jpeg}`} alt={words.stillAlt} />
          <Text size="xs" c="dimmed" role="status">
            {words.works(found.width ?? 0, found.height ?? 0, found.seconds ?? 0)}
          </Text>
        </div>
      )}
    </Stack>
  );
}
