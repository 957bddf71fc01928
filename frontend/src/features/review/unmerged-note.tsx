import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';

import { mergeRetry, unmergedOf } from './api';
import css from './review.module.css';
import { reviewWords as words } from './strings';

/** A job that fails again must be seen without a reload. */
const POLL_MS = 20_000;
/** The first tell of a fault that all have. */
const SHOWN = 3;

/** Answers that no job puts together, with why and another try; nothing where all is well. */
export function UnmergedNote({ projectId }: { projectId: string }) {
  const queryKey = ['review', projectId, 'unmerged'];
  const found = useQuery({ queryKey, queryFn: () => unmergedOf(projectId), refetchInterval: POLL_MS });
  const retry = useAction({
    run: (taskIds: readonly string[]) => Promise.all(taskIds.map(mergeRetry)),
    makesOld: [queryKey],
    done: words.retrying,
  });
  const rows = found.data ?? [];
  if (rows.length === 0) return null;
  return (
    <Alert
      className={css.note}
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={words.unmergedTitle(rows.length)}
    >
      <Text size="sm" mb={6}>
        {words.unmergedAbout}
      </Text>
      {rows.slice(0, SHOWN).map(({ task_id, picture, why, at }) => (
        <Group key={task_id} gap="xs" wrap="nowrap" align="baseline" mb={4}>
          <Text size="sm" flex={1} miw={0} style={{ overflowWrap: 'anywhere' }}>
            <b>{picture}</b> {why} {at !== null && <TimeAgo at={at} size="xs" c="dimmed" />}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            flex="none"
            loading={retry.isPending && retry.variables?.includes(task_id)}
            onClick={() => retry.mutate([task_id])}
          >
            {words.retry}
          </Button>
        </Group>
      ))}
      {rows.length > 1 && (
        <Button
          size="compact-sm"
          variant="default"
          loading={retry.isPending}
          onClick={() => retry.mutate(rows.map(({ task_id }) => task_id))}
        >
          {words.retryAll}
        </Button>
      )}
    </Alert>
  );
}
