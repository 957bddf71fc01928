/** One person's work in a project: how much, how long, and what reviewers said. No comparison with anybody. */
import { Card, SegmentedControl, SimpleGrid, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { ButtonLink, TextLink } from '@/components/links';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { StackedTable } from '@/components/stacked-table';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { Total } from '@/components/total';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { useMe } from '@/hooks/use-session';
import { count, NONE, percent } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { duration } from '@/lib/time';

import { SPANS, usePersonWork, type PersonWork, type Span } from './api';
import { Checks } from './checks';
import { PauseNote } from './pause-note';
import { personWords as words } from './strings';

const DayChart = lazy(() => import('./day-chart'));

const sum = (days: PersonWork['days'], of: 'pictures' | 'objects' | 'seconds'): number =>
  days.reduce((total, day) => total + day[of], 0);

export default function PersonPage() {
  const projectId = useParam('projectId');
  const userId = useParam('userId');
  const isMine = useMe().id === userId;
  const { data: project } = useProject(projectId);
  const search: { days?: string | number } = useSearch({ strict: false });
  const days: Span = SPANS.find((span) => span === String(search.days)) ?? '30';
  const work = usePersonWork(projectId, userId, days);
  const navigate = useNavigate();
  const name = project?.name ?? '';
  const title = isMine ? words.yours : work.data ? words.of(work.data.name) : '…';
  return (
    <PageFrame
      title={title}
      about={isMine ? words.about(name) : words.aboutOther(name)}
      actions={
        <>
          {!isMine && work.data && (
            <ButtonLink variant="default" size="xs" to={paths.data(projectId)} search={{ author: userId }}>
              {words.theirs}
            </ButtonLink>
          )}
          <SegmentedControl
            aria-label={words.span}
            size="xs"
            data={SPANS.map((span) => ({ value: span, label: words.days(span) }))}
            value={days}
            onChange={(span) =>
              void navigate({
                to: paths.person(projectId, userId),
                search: span === '30' ? {} : { days: Number(span) },
                replace: true,
              })
            }
          />
        </>
      }
    >
      <PauseNote projectId={projectId} userId={userId} isMine={isMine} />
      <QueryView
        query={work}
        skeleton={<WorkSkeleton />}
        isEmpty={(data) => sum(data.days, 'pictures') === 0}
        empty={<EmptyState title={words.none}>{words.noneWhy}</EmptyState>}
      >
        {(data) => (
          <>
            <Work work={data} />
            <Checks projectId={projectId} userId={userId} days={days} isMine={isMine} />
            <Section title={words.returns}>
              <Returns projectId={projectId} returns={data.returns} />
            </Section>
          </>
        )}
      </QueryView>
    </PageFrame>
  );
}

function WorkSkeleton() {
  return (
    <Stack role="group" aria-busy="true" aria-label="Loading">
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        {Array.from({ length: 4 }, (_, index) => (
          <Skeleton key={index} height={92} />
        ))}
      </SimpleGrid>
      <Skeleton height={252} />
    </Stack>
  );
}

function Work({ work }: { work: PersonWork }) {
  return (
    <>
      <Totals work={work} />
      <Section title={words.daily}>
        <Card>
          <Suspense fallback={<Skeleton height={220} />}>
            <DayChart days={work.days} />
          </Suspense>
        </Card>
      </Section>
      <Section title={words.fates} about={words.fateAbout}>
        <Fates work={work} />
      </Section>
    </>
  );
}

function Totals({ work }: { work: PersonWork }) {
  const { approved, changed, returned, days, seconds_a_picture: each } = work;
  const decided = approved + changed + returned;
  const [low = 0, middle = 0, high = 0] = each ?? [];
  const seconds = sum(days, 'seconds');
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      <Total
        name={words.pictures}
        value={count(sum(days, 'pictures'))}
        about={words.objects(sum(days, 'objects'))}
      />
      <Total name={words.time} value={seconds > 0 ? duration(seconds) : NONE} about={words.timeAbout} />
      <Total
        name={words.each}
        value={each ? duration(middle) : NONE}
        about={each ? words.eachAbout(low, high) : words.eachNone}
      />
      <Total
        name={words.asSaved}
        value={decided > 0 ? percent(approved / decided) : NONE}
        about={decided > 0 ? words.asSavedOf(approved, decided) : words.undecided}
      />
    </SimpleGrid>
  );
}

function Fates({ work }: { work: PersonWork }) {
  return (
    <Card padding={0}>
      <Table>
        <Table.Tbody>
          {(['approved', 'changed', 'returned', 'waiting'] as const).map((fate) => (
            <Table.Tr key={fate}>
              <Table.Td>{words[fate]}</Table.Td>
              <Table.Td ta="right">{count(work[fate])}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Returns({ projectId, returns }: { projectId: string; returns: PersonWork['returns'] }) {
  if (returns.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.noReturns}
      </Text>
    );
  }
  return (
    <Card padding={0}>
      <StackedTable minWidth={480} columns={2} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.picture}</Table.Th>
            <Table.Th>{words.reason}</Table.Th>
            <Table.Th w={140}>{words.when}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {returns.map((each) => (
            <Table.Tr key={`${each.task_id} ${each.at}`}>
              <Table.Td>
                <TextLink to={paths.annotate(projectId, each.task_id)} size="sm" truncate display="block">
                  {each.picture}
                </TextLink>
              </Table.Td>
              <Table.Td data-name={words.reason} data-wide>
                {each.reason}
              </Table.Td>
              <Table.Td data-name={words.when}>
                <TimeAgo at={each.at} c="dimmed" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}
