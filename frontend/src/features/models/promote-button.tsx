import { Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconRocket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { rolloutQuery, type Model } from '@/features/models/api';
import { useStep } from '@/features/models/rollout/use-step';
import { rollBackTo } from '@/features/models/rollout/words';
import { modelWords as words } from '@/features/models/strings';
import { useMay } from '@/hooks/use-project';

/** Into production for all, back into it, or out of it: one click, and one click back. */
export function PromoteButton({ projectId, model }: { projectId: string; model: Model }) {
  const isScientist = useMay(projectId, 'scientist');
  const { data: rollout } = useQuery(rolloutQuery(projectId, model.id));
  const step = useStep(projectId, model);
  if (!isScientist || !rollout) return null;
  const isThere = model.state === 'production';
  const offered = rollout.steps.find(({ event }) => event === (isThere ? 'rollback' : 'all'));
  if (!offered || (isThere && !rollout.former)) return null;
  const isBack = isThere || model.state === 'retired';
  const Icon = isBack ? IconArrowBackUp : IconRocket;
  return (
    <Tooltip label={offered.reason || about(model, isThere)} multiline maw={280}>
      <Button
        leftSection={<Icon size={16} stroke={1.6} />}
        variant={isBack ? 'default' : 'filled'}
        data-disabled={!offered.allowed || undefined}
        aria-disabled={!offered.allowed}
        loading={step.isPending}
        onClick={() => offered.allowed && step.mutate({ event: offered.event, version: rollout.version })}
      >
        {isThere && rollout.former
          ? rollBackTo(rollout.former.number)
          : isBack
            ? words.bringBack
            : words.promote}
      </Button>
    </Tooltip>
  );
}

function about(model: Model, isThere: boolean): string {
  if (isThere) return words.rollBackAbout;
  return model.kind === 'assist' ? words.promoteAssistAbout : words.promoteAbout;
}
