import { ActionIcon, Popover, Progress, RingProgress, Stack, Text } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';

import { shellWords as words } from '@/app/strings';
import { ButtonLink } from '@/components/links';
import { isLive, useJobs } from '@/hooks/use-jobs';
import { paths } from '@/lib/paths';
import type { Job } from '@/types/api';

/** Fills with the mean progress of what runs; opens to the few that do. */
export function JobsRing() {
  const { data: jobs = [] } = useJobs();
  const running = jobs.filter(isLive);
  const share = running.length ? running.reduce((sum, job) => sum + job.progress, 0) / running.length : 0;
  const name = running.length ? `Jobs: ${running.length} running` : 'Jobs: none running';
  return (
    <Popover position="bottom-end" width={320} shadow="md" withinPortal>
      <Popover.Target>
        <ActionIcon size={36} aria-label={name}>
          {running.length === 0 ? (
            <IconActivity size={19} stroke={1.6} />
          ) : (
            <RingProgress
              size={30}
              thickness={3}
              roundCaps
              sections={[{ value: Math.max(4, share * 100), color: 'var(--mantine-primary-color-filled)' }]}
              label={
                <Text size="11px" ta="center" fw={600}>
                  {running.length}
                </Text>
              }
            />
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Stack gap="sm">
          {running.length === 0 && (
            <Text size="sm" c="dimmed">
              {words.noJobs}
            </Text>
          )}
          {running.slice(0, 5).map((job) => (
            <RunningJob key={job.id} job={job} />
          ))}
          <ButtonLink to={paths.jobs()} variant="default" size="compact-sm">
            {words.allJobs}
          </ButtonLink>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function RunningJob({ job }: { job: Job }) {
  return (
    <div>
      <Text size="sm" truncate>
        {job.title}
      </Text>
      <Progress value={job.progress * 100} size="sm" my={4} aria-label={job.title} />
      <Text size="xs" c="dimmed" truncate>
        {job.state === 'queued' ? 'Waiting for its turn' : job.message || 'Running'}
      </Text>
    </div>
  );
}
