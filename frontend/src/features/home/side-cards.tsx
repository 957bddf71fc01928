import { Card, Group, Progress, Stack, Text } from '@mantine/core';

import { homeWords as words } from '@/features/home/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { TimeAgo } from '@/components/time';
import { isLive, useJobs } from '@/hooks/use-jobs';
import { useNotices } from '@/hooks/use-notices';
import { percent } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const SHOWN_MAX = 5;

export function JobsCard() {
  const { data: jobs = [] } = useJobs();
  const running = jobs.filter(isLive).slice(0, SHOWN_MAX);
  return (
    <Section
      title={words.jobs}
      actions={
        <TextLink to={paths.jobs()} size="sm">
          All jobs
        </TextLink>
      }
    >
      <Card py="sm">
        {running.length === 0 && <Quiet>{words.noJobs}</Quiet>}
        <Stack gap="sm">
          {running.map((job) => (
            <div key={job.id}>
              <Group justify="space-between" wrap="nowrap">
                <Text size="sm" truncate>
                  {job.title}
                </Text>
                <Text size="xs" c="dimmed" flex="none">
                  {job.state === 'queued' ? 'waiting' : percent(job.progress)}
                </Text>
              </Group>
              <Progress value={job.progress * 100} size="sm" mt={4} aria-label={job.title} />
            </div>
          ))}
        </Stack>
      </Card>
    </Section>
  );
}

export function NoticesCard() {
  const { data: notices = [] } = useNotices();
  return (
    <Section title={words.notices}>
      <Card py="sm">
        {notices.length === 0 && <Quiet>{words.noNotices}</Quiet>}
        <Stack gap="xs">
          {notices.slice(0, SHOWN_MAX).map((notice) => (
            <Group key={notice.id} justify="space-between" wrap="nowrap" gap="md">
              {notice.link ? (
                <TextLink to={notice.link} size="sm" truncate fw={notice.read_at ? 400 : 600}>
                  {notice.title}
                </TextLink>
              ) : (
                <Text size="sm" truncate fw={notice.read_at ? 400 : 600}>
                  {notice.title}
                </Text>
              )}
              <TimeAgo at={notice.created_at} size="xs" c="dimmed" flex="none" />
            </Group>
          ))}
        </Stack>
      </Card>
    </Section>
  );
}

function Quiet({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
