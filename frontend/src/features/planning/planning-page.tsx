/** Who does what in the next days: for those who manage the project. */
import { Card, Skeleton, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { FinishLine } from '@/components/finish-line';
import { ButtonLink } from '@/components/links';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useParam } from '@/hooks/use-param';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';

import { planningQuery, type KindOfWork, type Planning } from './api';
import { PeopleTable } from './people-table';
import { PlanForm } from './plan-form';
import { Proposal } from './proposal';
import { planningWords as words } from './strings';

export default function PlanningPage() {
  const projectId = useParam('projectId');
  const planning = useQuery(planningQuery(projectId));
  return (
    <PageFrame title={words.title} about={words.about}>
      <QueryView query={planning} skeleton={<PlanningSkeleton />}>
        {(data) => <Loaded projectId={projectId} planning={data} />}
      </QueryView>
    </PageFrame>
  );
}

function PlanningSkeleton() {
  return (
    <Stack gap="lg">
      <Skeleton height={96} />
      <Skeleton height={220} />
      <Skeleton height={180} />
    </Stack>
  );
}

function Loaded({ projectId, planning }: { projectId: string; planning: Planning }) {
  // One made while the page is open is brought into sight: it is below the people.
  const [knownId] = useState(planning.plan?.id);
  const isOpen = planning.work.some((each) => each.pictures > 0);
  return (
    <Stack gap="lg">
      {isOpen && (
        <Section title={words.open}>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
            {planning.work.map((each) => (
              <Work key={each.kind} work={each} />
            ))}
            <Card>
              <Text fw={550} mb={4}>
                {words.finish}
              </Text>
              <FinishLine finish={planning.finish} />
            </Card>
          </SimpleGrid>
        </Section>
      )}
      <PeopleTable projectId={projectId} people={planning.people} />
      {isOpen ? (
        <PlanForm projectId={projectId} planning={planning} />
      ) : (
        <Card>
          <EmptyState
            title={words.nothing}
            action={<ButtonLink to={paths.upload(projectId)}>{words.addPictures}</ButtonLink>}
          >
            {words.nothingWhy}
          </EmptyState>
        </Card>
      )}
      {planning.plan && (
        <Proposal
          key={planning.plan.id}
          projectId={projectId}
          plan={planning.plan}
          isNew={planning.plan.id !== knownId}
        />
      )}
    </Stack>
  );
}

function Work({ work }: { work: KindOfWork }) {
  return (
    <Card>
      <Text fw={550}>
        {plural(work.pictures, 'picture')} {words.kind(work.kind)}
      </Text>
      {work.pictures > 0 ? (
        <>
          <Text size="sm">{words.takes(work.minutes, work.seconds_a_picture)}</Text>
          <Text size="xs" c="dimmed">
            {work.measured > 0 ? words.measured(work.measured) : words.assumed}
          </Text>
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
    </Card>
  );
}
