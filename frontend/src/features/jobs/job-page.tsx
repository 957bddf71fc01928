import { Alert, Card, Code, Group, Stack, Text } from '@mantine/core';

import { JobActions } from '@/features/jobs/job-actions';
import { JobResult } from '@/features/jobs/job-result';
import { JobBadge, JobProgress, tookSeconds } from '@/features/jobs/job-state';
import { jobWords as words } from '@/features/jobs/strings';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { TimeAgo } from '@/components/time';
import { isLive, useJob } from '@/hooks/use-jobs';
import { usePageTitle } from '@/hooks/use-page-title';
import { useParam } from '@/hooks/use-param';
import { duration } from '@/lib/time';
import type { Job } from '@/types/api';

export default function JobPage() {
  const job = useJob(useParam('jobId'));
  usePageTitle(job.data?.title);
  return (
    <QueryView query={job} skeleton={<PageSkeleton />} kept={words.kept}>
      {(data) => <Loaded job={data} />}
    </QueryView>
  );
}

function Loaded({ job }: { job: Job }) {
  const seconds = tookSeconds(job);
  return (
    <PageFrame title={job.title} actions={<JobActions job={job} />} narrow>
      <Card>
        <Stack gap="sm">
          <Group gap="sm">
            <JobBadge job={job} />
            <Text size="sm" c="dimmed">
              asked for by {job.created_by_name || 'Siteloop'} <TimeAgo at={job.created_at} span inherit />
              {seconds !== null && `, took ${duration(seconds)}`}
            </Text>
          </Group>
          {(isLive(job) || job.state === 'cancelled') && <JobProgress job={job} />}
        </Stack>
      </Card>
      {job.error && (
        <Alert color="red" variant="light" title="Why it failed">
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {job.error}
          </Text>
        </Alert>
      )}
      <JobResult result={job.result} />
      <Section title="Log">
        {job.log ? (
          <Code block mah={480} style={{ overflow: 'auto' }}>
            {job.log}
          </Code>
        ) : (
          <Text size="sm" c="dimmed">
            {words.noLog}
          </Text>
        )}
      </Section>
    </PageFrame>
  );
}
