import { Alert, Badge, Button, Card, Group, Progress, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';

import { trainingCancel, type Training } from '@/features/models/api';
import { livePoints, trainingShare } from '@/features/models/figures';
import { KIND_WORDS, modelWords as words, RUN_WORDS } from '@/features/models/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { measureOf } from '@/lib/measures';
import { percent, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

// The plotting library is larger than the rest of the page.
const LiveChart = lazy(() => import('@/features/models/live-chart'));
const isLive = ({ state }: Training) => state === 'queued' || state === 'running';
const ENDED_SHOWN = 3;

type Props = { projectId: string; trainings: Training[] };

/** What trains now with its curve, and the last ones that came to no model. */
export function Trainings({ projectId, trainings }: Props) {
  const live = trainings.filter(isLive);
  const ended = trainings
    .slice(0, ENDED_SHOWN)
    .filter(({ state }) => state === 'failed' || state === 'cancelled');
  if (live.length + ended.length === 0) return null;
  return (
    <Section title={words.running}>
      {live.map((training) => (
        <Running key={training.id} projectId={projectId} training={training} />
      ))}
      {ended.map((training) => (
        <Ended key={training.id} training={training} />
      ))}
    </Section>
  );
}

function about(training: Training): string {
  const { minutes, init, weights } = training.config as {
    minutes?: number;
    init?: string;
    weights?: { file: string };
  };
  const present = training.kind === 'assist' ? 'from the assist in use' : 'from production';
  const starts: Record<string, string> = {
    scratch: 'from nothing',
    sam: 'from Segment Anything',
    weights: `from ${weights?.file}`,
  };
  const from = starts[init ?? ''] ?? present;
  return `${KIND_WORDS[training.kind]} on v${training.dataset_number}, ${minutes ?? '?'} CPU min, ${from}`;
}

function Running({ projectId, training }: { projectId: string; training: Training }) {
  const isScientist = useMay(projectId, 'scientist');
  const stop = useAction({
    run: () => trainingCancel(training.id),
    makesOld: [['trainings', projectId], ['jobs']],
    done: 'The training stops; nothing was added to the models',
  });
  const points = livePoints(training);
  const last = points.at(-1);
  const measured = points.findLast(({ figure }) => figure !== null);
  const share = trainingShare(training);
  return (
    <Card>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="xs" miw={0} wrap="nowrap">
            <Badge variant="light" color="blue" tt="none" fw={500} flex="none">
              {RUN_WORDS[training.state]}
            </Badge>
            <Text size="sm" truncate>
              {about(training)}
            </Text>
          </Group>
          <Group gap="md" wrap="nowrap" flex="none">
            {last && (
              <Text size="sm" c="dimmed">
                loss {last.loss?.toFixed(2)}
                {measured ? ` · ${measureOf(training.kind)} ${score(measured.figure)} on val` : ''}
              </Text>
            )}
            {training.job_id && (
              <TextLink to={paths.job(training.job_id)} size="sm">
                Log
              </TextLink>
            )}
            {isScientist && (
              <Button
                size="compact-sm"
                variant="default"
                loading={stop.isPending}
                onClick={() => stop.mutate()}
              >
                {words.cancel}
              </Button>
            )}
          </Group>
        </Group>
        {training.state === 'running' && (
          <Group gap="sm" wrap="nowrap">
            <Progress value={share * 100} flex={1} size="sm" aria-label="How far the training is" />
            <Text size="xs" c="dimmed" w={40} ta="right">
              {percent(share)}
            </Text>
          </Group>
        )}
        {training.state === 'running' && points.length <= 1 && (
          <Text size="sm" c="dimmed">
            Writing the pictures out; the curve starts with the first step.
          </Text>
        )}
        {points.length > 1 && (
          <Suspense fallback={<Skeleton height={180} />}>
            <LiveChart points={points} measure={measureOf(training.kind)} />
          </Suspense>
        )}
      </Stack>
    </Card>
  );
}

function Ended({ training }: { training: Training }) {
  const isFailed = training.state === 'failed';
  return (
    <Alert color={isFailed ? 'red' : 'gray'} variant="light" py="xs">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" miw={0}>
          {RUN_WORDS[training.state]}: {about(training)}. {training.error}
        </Text>
        <Group gap="sm" wrap="nowrap" flex="none">
          <TimeAgo at={training.created_at} size="xs" c="dimmed" />
          {training.job_id && (
            <TextLink to={paths.job(training.job_id)} size="sm">
              Log
            </TextLink>
          )}
        </Group>
      </Group>
    </Alert>
  );
}
