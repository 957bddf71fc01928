/** Work of a page that runs in a job: a button that starts it, then how far it is, then the page anew. */
import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import { useAction } from '@/hooks/use-action';
import { isLive, jobCancel, useJob, useJobs } from '@/hooks/use-jobs';
import { newIdempotencyKey } from '@/lib/api-client';
import type { Job } from '@/types/api';

type Options = {
  projectId: string;
  kind: string;
  start: (key: string) => Promise<Job>;
  makesOld: QueryKey;
};

export function useBackground({ projectId, kind, start, makesOld }: Options) {
  const cache = useQueryClient();
  const [key, setKey] = useState(newIdempotencyKey);
  const [startedId, setStarted] = useState<string | null>(null);
  // Somebody else's, or one's own before the page was opened anew.
  const running = useJobs({ project_id: projectId, state: 'live' }).data?.find((job) => job.kind === kind);
  const job = useJob(startedId ?? running?.id).data ?? running;
  const begin = useAction({
    run: () => start(key),
    makesOld: [['jobs']],
    onDone: (made) => {
      setStarted(made.id);
      setKey(newIdempotencyKey());
    },
  });
  const isOver = job !== undefined && !isLive(job);
  const [oldKey] = useState(makesOld);
  useEffect(() => {
    if (isOver) void cache.invalidateQueries({ queryKey: oldKey });
  }, [isOver, cache, oldKey]);
  return {
    job,
    isRunning: begin.isPending || (job !== undefined && isLive(job)),
    begin: () => begin.mutate(),
  };
}

type Background = ReturnType<typeof useBackground>;

export function StartButton({ work, children }: { work: Background; children: ReactNode }) {
  return (
    <Button size="xs" variant="default" loading={work.isRunning} onClick={work.begin}>
      {children}
    </Button>
  );
}

type HowFarProps = {
  work: Background;
  name: string;
  /** Offers to stop it, in this word. */
  cancel?: string;
};

export function HowFar({ work, name, cancel }: HowFarProps) {
  const { job } = work;
  const stop = useAction({ run: (jobId: string) => jobCancel(jobId), makesOld: [['jobs']] });
  if (job?.state === 'failed') {
    return (
      <Text size="sm" c="red" role="alert">
        {job.error}
      </Text>
    );
  }
  if (!job || !isLive(job)) return null;
  return (
    <Stack gap={4} role="status">
      <Group justify="space-between" mih={26}>
        <Text size="sm">{job.message || name}</Text>
        {cancel && (
          <Button
            size="compact-sm"
            variant="default"
            loading={stop.isPending || stop.isSuccess}
            onClick={() => stop.mutate(job.id)}
          >
            {cancel}
          </Button>
        )}
      </Group>
      <Progress value={job.progress * 100} animated aria-label={name} />
    </Stack>
  );
}
