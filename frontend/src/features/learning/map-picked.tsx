import { Button, Card, Group, Stack, Text } from '@mantine/core';

import { mapQueue, mapQuery, stateQuery, type MapColumns } from '@/features/learning/api';
import css from '@/features/learning/map.module.css';
import { mapWords as words } from '@/features/learning/strings';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { plural } from '@/lib/numbers';

const SHOWN = 12;
const QUEUED_MAX = 5_000;

type Props = { projectId: string; columns: MapColumns; picked: number[]; onClear: () => void };

/** What the loop holds: a look at it, and to the head of the queue with it. */
export function MapPicked({ projectId, columns, picked, onClear }: Props) {
  const isScientist = useMay(projectId, 'scientist');
  const ids = picked.flatMap((i) => columns.assets[i] ?? []);
  const queue = useAction({
    run: () => mapQueue(projectId, ids.slice(0, QUEUED_MAX)),
    makesOld: [
      mapQuery(projectId).queryKey,
      stateQuery(projectId).queryKey,
      ['tasks', projectId],
      ['assets', projectId],
    ],
    done: ({ queued }) => words.queued(queued, Math.min(ids.length, QUEUED_MAX)),
  });
  return (
    <Card>
      <Stack gap="sm">
        <Group justify="space-between">
          <Text size="sm" fw={550} role="status">
            {plural(ids.length, 'picture')}
          </Text>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={onClear}>
            {words.clear}
          </Button>
        </Group>
        <div className={css.picked}>
          {ids.slice(0, SHOWN).map((id) => (
            <img key={id} src={`/api/v1/assets/${id}/thumbnail`} alt="" loading="lazy" />
          ))}
        </div>
        {isScientist && (
          <Button size="sm" loading={queue.isPending} onClick={() => queue.mutate()}>
            {words.queue}
          </Button>
        )}
        <Text size="xs" c="dimmed">
          {words.queueAbout}
        </Text>
      </Stack>
    </Card>
  );
}
