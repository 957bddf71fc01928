import { Button, Card, Group, Progress, Stack, Text } from '@mantine/core';

import { mediaWords as words } from '@/features/media/strings';
import { totals, type Item, type UploadQueue } from '@/features/media/upload-queue';
import { ButtonLink } from '@/components/links';
import { bytes, plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';

type Props = { projectId: string; items: Item[]; isPaused: boolean; queue: UploadQueue };

export function UploadSummary({ projectId, items, isPaused, queue }: Props) {
  const sum = totals(items);
  const isDone = sum.finished === sum.files;
  return (
    <Card>
      <Stack gap="xs">
        <Group justify="space-between">
          <div role="status">
            <Text fw={600}>{headline(sum, isPaused, items)}</Text>
            <Text size="sm" c="dimmed">
              {outcome(sum)}
            </Text>
          </div>
          <Group gap="xs">
            {!isDone && queue.isBusy && (
              <Button variant="default" onClick={() => (isPaused ? queue.resume() : queue.pause())}>
                {isPaused ? words.resume : words.pause}
              </Button>
            )}
            {sum.failed > 0 && (
              <Button variant="default" onClick={() => queue.retryFailed()}>
                {words.retryAll}
              </Button>
            )}
            {sum.finished > 0 && (
              <Button variant="subtle" color="gray" onClick={() => queue.clear()}>
                {words.clear}
              </Button>
            )}
            {sum.added > 0 && (
              <>
                <ButtonLink to={`${paths.data(projectId)}?order=newest`} variant="default">
                  {words.look}
                </ButtonLink>
                <ButtonLink to={paths.annotate(projectId)}>{words.label}</ButtonLink>
              </>
            )}
          </Group>
        </Group>
        {!isDone && (
          <Progress value={sum.bytes ? (sum.sent / sum.bytes) * 100 : 0} aria-label="All files" size="sm" />
        )}
      </Stack>
    </Card>
  );
}

type Sum = ReturnType<typeof totals>;

function headline(sum: Sum, isPaused: boolean, items: Item[]): string {
  if (sum.finished === sum.files) return `${plural(sum.files, 'file')} done`;
  if (isPaused) return 'Paused';
  if (sum.sent < sum.bytes) return `Sending ${bytes(sum.sent)} of ${bytes(sum.bytes)}`;
  return items.some((item) => item.state === 'taking_in')
    ? 'Everything is sent; the server is looking at it'
    : 'Sending';
}

function outcome(sum: Sum): string {
  const parts = [
    sum.added > 0 && `${plural(sum.added, 'picture')} added`,
    sum.duplicates > 0 && `${sum.duplicates} here already`,
    sum.refused > 0 && `${sum.refused} not taken`,
  ].filter(Boolean);
  return parts.join(' · ') || `${sum.finished} of ${sum.files} finished`;
}
