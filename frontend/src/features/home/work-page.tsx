/** Everything in one's hands, over all projects: assigned, begun, returned. */
import { Card, Table, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';

import { fetchMyTasks, useHome, type Home } from '@/features/home/api';
import { OwnParts } from '@/features/home/own-parts';
import { homeWords as words } from '@/features/home/strings';
import { ButtonLink, TextLink } from '@/components/links';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { StackedTable } from '@/components/stacked-table';
import { EmptyState, ErrorState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useMe } from '@/hooks/use-session';
import { NONE } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';
import { isPast } from '@/lib/time';
import { partFrames, partName } from '@/lib/video-part';
import type { TaskRow } from '@/types/api';

export default function WorkPage() {
  const home = useHome();
  return (
    <PageFrame title={words.work} about={words.workAbout}>
      <OwnParts />
      <QueryView query={home} skeleton={<TableSkeleton rows={6} height={48} />}>
        {(data) => <Work projects={data.projects} />}
      </QueryView>
    </PageFrame>
  );
}

function Work({ projects }: { projects: Home['projects'] }) {
  const me = useMe();
  const mine = projects.filter((project) => atLeast(project.my_role, 'annotator'));
  const lists = useQueries({
    queries: mine.map((project) => ({
      queryKey: ['tasks', project.id, 'mine'],
      queryFn: () => fetchMyTasks(project.id),
    })),
  });
  const failed = lists.find((list) => list.error);
  if (failed?.error) return <ErrorState error={failed.error} retry={() => void failed.refetch()} />;
  if (lists.some((list) => list.isPending)) return <TableSkeleton rows={6} height={48} />;
  const groups = mine.map((project, index) => ({ project, tasks: lists[index]?.data ?? [] }));
  const withTasks = groups.filter(({ tasks }) => tasks.length > 0);
  if (withTasks.length === 0) {
    const next = [...mine].sort((a, b) => b.overview.ready - a.overview.ready)[0];
    return (
      <EmptyState
        title={words.idle}
        action={
          next &&
          next.overview.ready > 0 && (
            <ButtonLink to={paths.annotate(next.id)}>Label in {next.name}</ButtonLink>
          )
        }
      >
        {words.idleWhy}
      </EmptyState>
    );
  }
  return withTasks.map(({ project, tasks }) => (
    <Section
      key={project.id}
      title={project.name}
      actions={
        <TextLink to={paths.person(project.id, me.id)} size="sm">
          {words.record}
        </TextLink>
      }
    >
      <TaskTable projectId={project.id} tasks={tasks} />
    </Section>
  ));
}

function TaskTable({ projectId, tasks }: { projectId: string; tasks: TaskRow[] }) {
  return (
    <Card padding={0}>
      <StackedTable minWidth={720} columns={2} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.picture}</Table.Th>
            <Table.Th w={160}>{words.state}</Table.Th>
            <Table.Th w={120} ta="right">
              {words.objects}
            </Table.Th>
            <Table.Th w={160}>{words.due}</Table.Th>
            <Table.Th w={160}>{words.changed}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tasks.map((task) => (
            <Table.Tr key={task.id}>
              <Table.Td>
                <TextLink to={paths.annotate(projectId, task.id)} size="sm" truncate display="block">
                  {task.asset.name}
                </TextLink>
                {task.part && (
                  <Text size="xs" c="dimmed">
                    {partName(task.part)}, {partFrames(task.part)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td data-name={words.state}>{words.states[task.state] ?? task.state}</Table.Td>
              <Table.Td ta="right" data-name={words.objects}>
                {task.region_count}
              </Table.Td>
              <Table.Td data-name={words.due}>
                <Due at={task.due_at} />
              </Table.Td>
              <Table.Td data-name={words.changed}>
                <TimeAgo at={task.updated_at} c="dimmed" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}

function Due({ at }: { at: string | null }) {
  if (at === null) return NONE;
  const isLate = isPast(at);
  return (
    <Text size="sm" span c={isLate ? 'var(--mantine-color-error)' : undefined}>
      {isLate && 'was due '}
      <TimeAgo at={at} inherit span />
    </Text>
  );
}
