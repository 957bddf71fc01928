import { Button } from '@mantine/core';

import { jobRetry } from '@/features/jobs/api';
import { jobWords as words } from '@/features/jobs/strings';
import { useAction } from '@/hooks/use-action';
import { isLive, jobCancel } from '@/hooks/use-jobs';
import type { Job } from '@/types/api';

/** Stop what runs, try again what did not work; nothing for what is done. */
export function JobActions({ job }: { job: Job }) {
  const makesOld = [['jobs']];
  const cancel = useAction({ run: () => jobCancel(job.id), makesOld });
  const retry = useAction({ run: () => jobRetry(job.id), makesOld });
  if (isLive(job)) {
    return (
      <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        {words.cancel}
      </Button>
    );
  }
  if (job.state === 'succeeded') return null;
  return (
    <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
      {words.retry}
    </Button>
  );
}
