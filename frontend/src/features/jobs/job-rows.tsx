import { Button, Table, Text } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';

import { JobActions } from '@/features/jobs/job-actions';
import { JobBadge, JobProgress, tookSeconds } from '@/features/jobs/job-state';
import { jobWords as words } from '@/features/jobs/strings';
import { TextLink } from '@/components/links';
import { TimeAgo } from '@/components/time';
import { NONE } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { duration } from '@/lib/time';
import type { Job } from '@/types/api';

type NameOf = (projectId: string | null) => string | undefined;

/** One job, or a run of finished ones behind one line. */
export function JobGroup({ jobs, nameOf }: { jobs: Job[]; nameOf: NameOf }) {
  const [isOpen, setOpen] = useState(false);
  const first = jobs[0];
  if (!first) return null;
  if (jobs.length === 1) return <JobRow job={first} nameOf={nameOf} />;
  const Chevron = isOpen ? IconChevronUp : IconChevronDown;
  return (
    <>
      <Table.Tr h={56}>
        <Table.Td>
          <JobBadge job={first} />
        </Table.Td>
        <Table.Td colSpan={3} data-wide>
          <Text size="sm" fw={550} truncate>
            {first.title} and {jobs.length - 1} more like it
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {nameOf(first.project_id)}
          </Text>
        </Table.Td>
        <StartedBy job={first} />
        <Table.Td ta="right" data-wide>
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            rightSection={<Chevron size={14} />}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Fold' : 'Show'}
          </Button>
        </Table.Td>
      </Table.Tr>
      {isOpen && jobs.map((job) => <JobRow key={job.id} job={job} nameOf={nameOf} />)}
    </>
  );
}

function JobRow({ job, nameOf }: { job: Job; nameOf: NameOf }) {
  const seconds = tookSeconds(job);
  return (
    <Table.Tr h={56}>
      <Table.Td>
        <JobBadge job={job} />
      </Table.Td>
      <Table.Td data-wide>
        <TextLink to={paths.job(job.id)} size="sm" fw={550} truncate display="block" c="inherit">
          {job.title}
        </TextLink>
        <Text size="xs" c="dimmed" truncate>
          {nameOf(job.project_id) ?? '\u00a0'}
        </Text>
      </Table.Td>
      <Table.Td data-wide>{job.state !== 'succeeded' && <JobProgress job={job} />}</Table.Td>
      <Table.Td data-name={words.took}>{seconds === null ? NONE : duration(seconds)}</Table.Td>
      <StartedBy job={job} />
      <Table.Td ta="right" data-wide>
        <JobActions job={job} />
      </Table.Td>
    </Table.Tr>
  );
}

function StartedBy({ job }: { job: Job }) {
  return (
    <Table.Td data-name={words.startedBy}>
      <Text size="xs" truncate>
        {job.created_by_name || 'Siteloop'}
      </Text>
      <TimeAgo at={job.created_at} size="xs" c="dimmed" />
    </Table.Td>
  );
}
