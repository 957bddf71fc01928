/** What is chosen to be labelled, a batch of one's own wishes, and whether labels still pay. */
import { Button, Card, Group, NumberInput, Progress, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { batchDraw, selectionsQuery, stateQuery, type LearningState } from '@/features/learning/api';
import { Batches } from '@/features/learning/batches';
import css from '@/features/learning/learning.module.css';
import { Rounds } from '@/features/learning/rounds';
import { learningWords as words } from '@/features/learning/strings';
import { Verdict } from '@/features/learning/verdict';
import { ButtonLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { useAction } from '@/hooks/use-action';
import { isLive, useJob } from '@/hooks/use-jobs';
import { useProject } from '@/hooks/use-project';
import { newIdempotencyKey } from '@/lib/api-client';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';
import { strategies, STRATEGY_ABOUT, type Strategy } from '@/lib/selection-words';
import type { Project } from '@/types/api';

export function NextBatch({ projectId }: { projectId: string }) {
  const state = useQuery(stateQuery(projectId));
  const { data: project } = useProject(projectId);
  return (
    <QueryView query={state} skeleton={<Skeleton height={320} />}>
      {(data) => (
        <Stack gap="lg">
          <Verdict verdict={data.verdict} rounds={data.rounds.length} />
          <div className={css.columns}>
            <Card maw={760}>
              <Stack gap="md">
                <Figures projectId={projectId} state={data} />
                {project && atLeast(project.my_role, 'scientist') && project.archived_at === null && (
                  <Draw project={project} state={data} />
                )}
              </Stack>
            </Card>
            {data.rounds.length > 0 && <Rounds projectId={projectId} state={data} />}
          </div>
          <Batches projectId={projectId} />
        </Stack>
      )}
    </QueryView>
  );
}

function Figures({ projectId, state }: { projectId: string; state: LearningState }) {
  return (
    <Group justify="space-between" align="flex-end">
      <dl className={css.figures}>
        <Figure name={words.waiting} value={state.waiting} />
        <Figure name={words.left} value={state.pool} />
        <Figure name={words.labelled} value={state.labelled} />
      </dl>
      {state.waiting > 0 && (
        <ButtonLink to={paths.annotate(projectId)} variant="default" size="xs">
          {words.begin}
        </ButtonLink>
      )}
    </Group>
  );
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dd>{count(value)}</dd>
      <dt>{name}</dt>
    </div>
  );
}

function Draw({ project, state }: { project: Project; state: LearningState }) {
  const [key, setKey] = useState(newIdempotencyKey);
  const [strategy, setStrategy] = useState<Strategy>(project.settings.strategy ?? 'hybrid');
  const [batch, setBatch] = useState<number | string>(project.settings.batch_size ?? 50);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJob(jobId).data;
  const makesOld = [['jobs'], stateQuery(project.id).queryKey, selectionsQuery(project.id).queryKey];
  const draw = useAction({
    run: () => batchDraw(project.id, { strategy, batch: Number(batch) || 1 }, key),
    makesOld,
    onDone: (started) => {
      setJobId(started.id);
      setKey(newIdempotencyKey());
    },
  });
  const isDrawing = job !== undefined && isLive(job);
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Select
          label={words.strategy}
          data={strategies}
          allowDeselect={false}
          flex="1 1 220px"
          value={strategy}
          onChange={(value) => value && setStrategy(value as Strategy)}
        />
        <NumberInput label={words.batch} w={96} min={1} max={5000} value={batch} onChange={setBatch} />
        <Button
          disabled={state.pool === 0 || isDrawing}
          loading={draw.isPending}
          onClick={() => draw.mutate()}
        >
          {words.draw}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {state.pool === 0 ? words.poolEmpty : `${STRATEGY_ABOUT[strategy]} ${words.drawAbout}`}
        {!state.has_model && state.pool > 0 && ` ${words.noModel}`}
      </Text>
      {job && isDrawing && (
        <Stack gap={4} role="status">
          <Text size="sm">{job.message || words.drawing}</Text>
          <Progress value={job.progress * 100} animated aria-label={words.drawing} />
        </Stack>
      )}
      {job?.state === 'failed' && (
        <Text size="sm" c="red" role="alert">
          {job.error}
        </Text>
      )}
    </Stack>
  );
}
