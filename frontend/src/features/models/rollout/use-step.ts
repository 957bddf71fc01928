import { rolloutStep, type Model, type Rollout, type RolloutEvent } from '@/features/models/api';
import { stepDone } from '@/features/models/rollout/words';
import { useAction } from '@/hooks/use-action';
import { toastDone, toastUndo } from '@/lib/toast';

type Asked = { event: RolloutEvent; share?: number; version: number };

/** Takes a step of a model's rollout; where one step leads back, the toast offers it. */
export function useStep(projectId: string, model: Pick<Model, 'id' | 'number'>) {
  const makesOld = [['models', projectId], ['overview', projectId], ['learning-curve', projectId], ['home']];
  const back = useAction({
    run: ({ event, version }: Asked) => rolloutStep(model.id, version, event),
    makesOld,
  });
  return useAction({
    run: ({ event, share, version }: Asked) => rolloutStep(model.id, version, event, share),
    makesOld,
    onDone: (now: Rollout, { event, share = 0 }: Asked) => {
      const message = stepDone(event, model.number, share);
      const undo = now.steps.find(
        (step) => step.allowed && (step.event === 'rollback' || step.event === 'off'),
      );
      if (undo && event !== 'off' && event !== 'rollback') {
        toastUndo(message, () => back.mutateAsync({ event: undo.event, version: now.version }));
      } else toastDone(message);
    },
  });
}
