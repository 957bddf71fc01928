/** What choosing saved against the random slice, what labels cost, and what is missing before that can be said. */
import { Card, Group, Progress, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { savingsMeasure, savingsQuery, type SavingsState } from '@/features/learning/api';
import { CostTable } from '@/features/learning/cost-table';
import { MeasuredCard } from '@/features/learning/measured-card';
import { savingsWords as words } from '@/features/learning/strings';
import { HowFar, StartButton, useBackground } from '@/components/background';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { TimeAgo } from '@/components/time';
import { useMay } from '@/hooks/use-project';
import { count } from '@/lib/numbers';

export function SavingsTab({ projectId }: { projectId: string }) {
  const query = savingsQuery(projectId);
  const state = useQuery(query);
  const isReviewer = useMay(projectId, 'reviewer');
  const work = useBackground({
    projectId,
    kind: 'learning.savings',
    start: (key) => savingsMeasure(projectId, key),
    makesOld: query.queryKey,
  });
  return (
    <QueryView query={state} skeleton={<Skeleton height={320} />}>
      {(data) => {
        const isReady = data.has_model && data.random_needed + data.chosen_needed === 0;
        return (
          <Stack gap="lg">
            <Section
              title={words.title}
              about={words.about}
              actions={
                isReviewer &&
                isReady && (
                  <StartButton work={work}>{data.measured ? words.again : words.measure}</StartButton>
                )
              }
            >
              <Stack gap="sm">
                <HowFar work={work} name={words.measuring} />
                <Measured state={data} />
              </Stack>
            </Section>
            <CostTable counts={data.counts} />
          </Stack>
        );
      }}
    </QueryView>
  );
}

function Measured({ state }: { state: SavingsState }) {
  const { measured } = state;
  const isShort = state.random_needed + state.chosen_needed > 0;
  if (measured?.status === 'measured' && measured.curve) {
    return (
      <>
        <MeasuredCard measured={measured} />
        <Group gap={4}>
          <Text size="xs" c="dimmed">
            {words.measuredBy(state.model_number)}
          </Text>
          {state.measured_at && <TimeAgo at={state.measured_at} size="xs" c="dimmed" />}
        </Group>
      </>
    );
  }
  const wanted = (measured?.of_random ?? 0) + (measured?.random_more ?? 0);
  const randomMore = Math.max(state.random_needed, wanted - state.random, 0);
  const isEnough = randomMore + state.chosen_needed === 0;
  return (
    <Card>
      <Stack gap="sm">
        <Text size="sm" fw={550}>
          {!state.has_model
            ? words.noModel
            : isEnough
              ? words.ready
              : words.needs(randomMore, state.chosen_needed)}
        </Text>
        {measured?.why && !isShort && !isEnough && (
          <Text size="sm" c="dimmed">
            {measured.why}
          </Text>
        )}
        <Towards name={words.random} have={state.random} more={randomMore} />
        <Towards name={words.chosen} have={state.chosen} more={state.chosen_needed} />
        <Text size="xs" c="dimmed">
          {words.why}
        </Text>
      </Stack>
    </Card>
  );
}

function Towards({ name, have, more }: { name: string; have: number; more: number }) {
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm">{name}</Text>
        <Text size="sm" c="dimmed">
          {more > 0 ? `${count(have)} of ${count(have + more)}` : count(have)}
        </Text>
      </Group>
      <Progress
        aria-label={name}
        value={(100 * have) / Math.max(have + more, 1)}
        color={more > 0 ? 'gray' : 'teal'}
      />
    </div>
  );
}
