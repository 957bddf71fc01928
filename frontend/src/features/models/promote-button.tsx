import { Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconRocket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { modelPromote, modelsQuery, type Model } from '@/features/models/api';
import { modelWords as words } from '@/features/models/strings';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { toastDone, toastUndo } from '@/lib/toast';

/** Into production, or back into it: one click, and one click back. */
export function PromoteButton({ projectId, model }: { projectId: string; model: Model }) {
  const isScientist = useMay(projectId, 'scientist');
  const { data: models = [] } = useQuery(modelsQuery(projectId));
  const present = models.find(({ state, kind }) => state === 'production' && kind === model.kind);
  const makesOld = [['models', projectId], ['overview', projectId], ['learning-curve', projectId], ['home']];
  const back = useAction({ run: (modelId: string) => modelPromote(modelId), makesOld });
  const promote = useAction({
    run: () => modelPromote(model.id),
    makesOld,
    onDone: () => {
      const message = `Model ${model.number} is in production`;
      if (present && present.id !== model.id) toastUndo(message, () => back.mutateAsync(present.id));
      else toastDone(message);
    },
  });
  if (!isScientist || model.state === 'production') return null;
  const isRetired = model.state === 'retired';
  const isFirstFromOutside = model.provider !== 'siteloop' && !present && !model.gate;
  const reason =
    isRetired || isFirstFromOutside || model.gate?.passed
      ? null
      : model.gate
        ? words.refusedHint
        : words.needGate;
  return (
    <Tooltip
      label={reason ?? (model.kind === 'assist' ? words.promoteAssistAbout : words.promoteAbout)}
      multiline
      maw={280}
    >
      <Button
        leftSection={
          isRetired ? <IconArrowBackUp size={16} stroke={1.6} /> : <IconRocket size={16} stroke={1.6} />
        }
        variant={isRetired ? 'default' : 'filled'}
        data-disabled={reason !== null || undefined}
        aria-disabled={reason !== null}
        loading={promote.isPending}
        onClick={() => reason === null && promote.mutate()}
      >
        {isRetired ? words.bringBack : words.promote}
      </Button>
    </Tooltip>
  );
}
