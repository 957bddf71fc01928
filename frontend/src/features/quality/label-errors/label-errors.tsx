/** Probable label errors of a project: looked for in the background, decided one by one. */
import { Alert, Button, Card, Group, Progress, Skeleton, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconZoomQuestion } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';

import { ButtonLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { isLive, useJob } from '@/hooks/use-jobs';
import { useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import type { Job, Project } from '@/types/api';

import { cancelLook, findingsKey, stateQuery, type State } from './api';
import { Findings } from './findings';
import { canTrain, StartLook } from './start-look';
import { labelErrorWords as words } from './strings';

export function LabelErrors({ projectId }: { projectId: string }) {
  const state = useQuery(stateQuery(projectId));
  const project = useProject(projectId);
  return (
    <QueryView query={state} skeleton={<Skeleton height={420} />}>
      {(told) => (
        <QueryView query={project} skeleton={<Skeleton height={420} />}>
          {(found) => <Told project={found} state={told} />}
        </QueryView>
      )}
    </QueryView>
  );
}

function Told({ project, state }: { project: Project; state: State }) {
  const newest = state.look;
  const job = useFollowed(project.id, state.job);
  const isRunning = job !== null && isLive(job);
  const start = !isRunning && <StartLook project={project} state={state} />;
  return (
    <Section
      title={words.title}
      about={newest && <TimeAgo at={newest.at} size="sm" c="dimmed" />}
      actions={newest && start}
    >
      <Stack gap="md">
        {newest && (
          <Text size="sm" c="dimmed">
            {newest.way === 'folds'
              ? words.byFolds(newest.dataset_number, newest.minutes ?? 0, newest.facts)
              : words.by(newest.model_number, newest.facts)}
            {words.leftOut(newest.facts)}
            {newest.facts.weaker > 0 && words.weaker(newest.facts.weaker)}
          </Text>
        )}
        <HowFar project={project} job={job} />
        {newest ? (
          <Findings project={project} state={state} />
        ) : (
          !isRunning && <NotYet project={project} state={state} start={start} />
        )}
      </Stack>
    </Section>
  );
}

/** How far the look is; the rest of the page, which is dearer to ask for, is asked for anew when it has ended. */
function useFollowed(projectId: string, told: Job | null): Job | null {
  const cache = useQueryClient();
  const isToldLive = told !== null && isLive(told);
  const newest = useJob(isToldLive ? told.id : null).data;
  const isOver = isToldLive && newest !== undefined && !isLive(newest);
  useEffect(() => {
    if (isOver) void cache.invalidateQueries({ queryKey: findingsKey(projectId) });
  }, [isOver, cache, projectId]);
  return isToldLive ? (newest ?? told) : told;
}

function HowFar({ project, job }: { project: Project; job: Job | null }) {
  const cancel = useAction({
    run: () => cancelLook(job?.id ?? ''),
    makesOld: [findingsKey(project.id), ['jobs']],
  });
  if (job?.state === 'failed') {
    return (
      <Alert color="red" variant="light" py="xs">
        {job.error}
      </Alert>
    );
  }
  if (job?.state === 'cancelled') {
    return (
      <Text size="sm" c="dimmed">
        {words.cancelled}
      </Text>
    );
  }
  if (!job || !isLive(job)) return null;
  return (
    <Card>
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Stack gap={6} flex={1} role="status">
          <Text size="sm">{job.state === 'queued' ? words.queued : job.message || words.looking}</Text>
          <Progress value={job.progress * 100} animated aria-label={words.looking} />
        </Stack>
        <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {words.cancel}
        </Button>
      </Group>
    </Card>
  );
}

type NotYetProps = { project: Project; state: State; start: ReactNode };

/** What a look needs, and the way there. */
function NotYet({ project, state, start }: NotYetProps) {
  const { model_id, by_production: askable } = state;
  const byFolds = canTrain(state);
  if (model_id === null && !byFolds) {
    return (
      <Card>
        <EmptyState
          icon={IconZoomQuestion}
          title={words.noModel}
          action={<ButtonLink to={paths.models(project.id)}>{words.toModels}</ButtonLink>}
        >
          {words.noModelWhy}
        </EmptyState>
      </Card>
    );
  }
  if (askable.needed > 0 && !byFolds) {
    return (
      <Card>
        <EmptyState
          icon={IconZoomQuestion}
          title={words.few(askable.needed)}
          action={<ButtonLink to={paths.annotate(project.id)}>{words.toLabel}</ButtonLink>}
        >
          {words.fewWhy(askable.pictures, askable)}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card>
      <EmptyState icon={IconCircleCheck} title={words.never} action={start}>
        {words.can(Math.max(askable.pictures, state.by_folds.pictures))} {words.leftOut(askable)}{' '}
        {words.neverWhy}
      </EmptyState>
    </Card>
  );
}
