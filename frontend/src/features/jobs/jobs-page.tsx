import { Card, SegmentedControl, Table, VisuallyHidden } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { groupJobs } from '@/features/jobs/group-jobs';
import { JobGroup } from '@/features/jobs/job-rows';
import { jobWords as words } from '@/features/jobs/strings';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { StackedTable } from '@/components/stacked-table';
import { EmptyState } from '@/components/states';
import { useJobs } from '@/hooks/use-jobs';
import { useProjects } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import type { Job } from '@/types/api';

const FILTERS = [
  { value: 'all', label: 'All' },
  { value: 'live', label: 'Running' },
  { value: 'failed', label: 'Failed' },
  { value: 'succeeded', label: 'Done' },
] as const;
type Filter = (typeof FILTERS)[number]['value'];

export default function JobsPage() {
  const search: { state?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const filter: Filter = FILTERS.find(({ value }) => value === search.state)?.value ?? 'all';
  const jobs = useJobs(filter === 'all' ? {} : { state: filter });
  return (
    <PageFrame
      title={words.title}
      about={words.about}
      actions={
        <SegmentedControl
          aria-label="Which jobs"
          size="xs"
          data={FILTERS.map(({ value, label }) => ({ value, label }))}
          value={filter}
          onChange={(value) =>
            void navigate({
              to: paths.jobs(),
              search: value === 'all' ? {} : { state: value },
              replace: true,
            })
          }
        />
      }
    >
      <QueryView
        query={jobs}
        skeleton={<TableSkeleton rows={8} height={52} />}
        kept={words.kept}
        isEmpty={(list) => list.length === 0}
        empty={
          filter === 'all' ? (
            <EmptyState title={words.none}>{words.noneWhy}</EmptyState>
          ) : (
            <EmptyState title={words.noneOfState} />
          )
        }
      >
        {(list) => <JobTable jobs={list} />}
      </QueryView>
    </PageFrame>
  );
}

function JobTable({ jobs }: { jobs: Job[] }) {
  const { data: projects = [] } = useProjects(true);
  const nameOf = (id: string | null) => projects.find((project) => project.id === id)?.name;
  return (
    <Card padding={0}>
      <StackedTable minWidth={720} columns={2} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={124}>State</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th w="22%">Progress</Table.Th>
            <Table.Th w={112}>{words.took}</Table.Th>
            <Table.Th w={136}>{words.startedBy}</Table.Th>
            <Table.Th w={112}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groupJobs(jobs).map((group) => (
            <JobGroup key={group[0]?.id} jobs={group} nameOf={nameOf} />
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}
