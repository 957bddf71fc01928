/** Whether cameras still show what the production model was chosen on. */
import { Alert, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowsDiff, IconCircleCheck, IconHourglass } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { driftLook, driftQuery, type DriftState } from '@/features/learning/api';
import { DriftSourceCard } from '@/features/learning/drift-source';
import {
  inOrder,
  nameOf,
  sourceVerdict,
  VERDICT_COLORS,
  wholeVerdict,
} from '@/features/learning/drift-words';
import { driftWords as words } from '@/features/learning/strings';
import { HowFar, StartButton, useBackground } from '@/components/background';
import { ButtonLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { TimeAgo, TimeSince } from '@/components/time';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

const ICONS = { drifting: IconArrowsDiff, steady: IconCircleCheck, too_few: IconHourglass };

export function DriftTab({ projectId }: { projectId: string }) {
  const query = driftQuery(projectId);
  const states = useQuery(query);
  const isReviewer = useMay(projectId, 'reviewer');
  const work = useBackground({
    projectId,
    kind: 'learning.drift',
    start: (key) => driftLook(projectId, key),
    makesOld: query.queryKey,
  });
  return (
    <QueryView
      query={states}
      skeleton={<Skeleton height={320} />}
      isEmpty={(data) => data.length === 0}
      empty={
        <Card>
          <EmptyState
            title={words.noModel}
            icon={IconArrowsDiff}
            action={<ButtonLink to={paths.models(projectId)}>{words.toModels}</ButtonLink>}
          >
            {words.noModelWhy}
          </EmptyState>
        </Card>
      }
    >
      {(data) => (
        <Section
          title={words.title}
          about={words.about}
          actions={isReviewer && <StartButton work={work}>{words.look}</StartButton>}
        >
          <Stack gap="lg">
            <HowFar work={work} name={words.looking} />
            {data.map((state) => (
              <ModelDrift key={state.model_id} projectId={projectId} state={state} />
            ))}
          </Stack>
        </Section>
      )}
    </QueryView>
  );
}

function ModelDrift({ projectId, state }: { projectId: string; state: DriftState }) {
  return (
    <Stack gap="sm">
      <Group gap={4}>
        <Text size="sm" c="dimmed">
          {words.model(state.model_number)}
        </Text>
        <TimeSince at={state.since} c="dimmed" />
        {state.looked_at && (
          <>
            <Text size="sm" c="dimmed">
              {words.looked}
            </Text>
            <TimeAgo at={state.looked_at} c="dimmed" />
          </>
        )}
      </Group>
      {state.looked_at === null ? (
        <Card>
          <EmptyState title={words.notLooked} icon={IconHourglass}>
            {words.notLookedWhy}
          </EmptyState>
        </Card>
      ) : state.sources.length === 0 ? (
        <Card>
          <EmptyState
            title={words.nothingCame}
            icon={IconHourglass}
            action={
              <ButtonLink to={paths.upload(projectId)} variant="default">
                {words.add}
              </ButtonLink>
            }
          >
            {words.nothingCameWhy(state.model_number)}
          </EmptyState>
        </Card>
      ) : (
        <Sources projectId={projectId} state={state} />
      )}
    </Stack>
  );
}

function Sources({ projectId, state }: { projectId: string; state: DriftState }) {
  const verdict = wholeVerdict(state.sources.map((source) => ({ verdict: sourceVerdict(source) })));
  const sources = inOrder(state);
  const drifted = sources.filter((source) => sourceVerdict(source) === 'drifting').map(nameOf);
  const Icon = ICONS[verdict];
  return (
    <>
      <Alert
        variant="light"
        color={VERDICT_COLORS[verdict]}
        icon={<Icon size={18} stroke={1.6} />}
        title={verdict === 'drifting' ? words.all.drifting(drifted) : words.all[verdict]}
      >
        {words.allWhy[verdict]}
      </Alert>
      {sources.map((source) => (
        // What opened by itself stays as a person left it until its verdict is another.
        <DriftSourceCard
          key={`${source.key}:${sourceVerdict(source)}`}
          projectId={projectId}
          source={source}
          isOnly={sources.length === 1}
        />
      ))}
    </>
  );
}
