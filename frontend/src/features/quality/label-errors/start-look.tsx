import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import type { Project } from '@/types/api';

import { findingsKey, look, type LookAsk, type State } from './api';
import { labelErrorWords as words } from './strings';

const MINUTES = { usual: 8, least: 1, most: 60 };

/** Whether two models can be trained for a look. */
export const canTrain = ({ dataset_number, by_folds }: State): boolean =>
  dataset_number !== null && by_folds.needed === 0;

type Props = { project: Project; state: State };

/** The ways to look that are open: by the model in production at once, or by two models trained for it. */
export function StartLook({ project, state }: Props) {
  const [isAsking, setAsking] = useState(false);
  const mayTrain = useMay(project.id, 'scientist') && canTrain(state);
  const begin = useAction({
    run: (asked: LookAsk) => look(project.id, asked),
    makesOld: [findingsKey(project.id), ['jobs']],
    onDone: () => setAsking(false),
  });
  const canLook = state.model_id !== null && state.by_production.needed === 0;
  return (
    <Group gap="xs" justify="center">
      {canLook && (
        <Button
          size="xs"
          variant={state.look ? 'default' : 'filled'}
          loading={begin.isPending && !isAsking}
          onClick={() => begin.mutate({ way: 'production', minutes: MINUTES.usual })}
        >
          {state.look ? words.again : words.look}
        </Button>
      )}
      {mayTrain && (
        <Button size="xs" variant={canLook ? 'default' : 'filled'} onClick={() => setAsking(true)}>
          {words.thorough}
        </Button>
      )}
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={words.foldsTitle}>
        <FoldsForm
          state={state}
          isPending={begin.isPending}
          onStart={(minutes) => begin.mutate({ way: 'folds', minutes })}
          onClose={() => setAsking(false)}
        />
      </Modal>
    </Group>
  );
}

type FormProps = {
  state: State;
  isPending: boolean;
  onStart: (minutes: number) => void;
  onClose: () => void;
};

function FoldsForm({ state, isPending, onStart, onClose }: FormProps) {
  const [minutes, setMinutes] = useState<number | string>(MINUTES.usual);
  const isGood = typeof minutes === 'number' && minutes >= MINUTES.least && minutes <= MINUTES.most;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) onStart(minutes);
      }}
    >
      <Stack gap="md">
        <Text size="sm">{words.foldsAbout(state.dataset_number ?? 0, state.by_folds.pictures)}</Text>
        <NumberInput
          label={words.minutes}
          description={words.minutesAbout}
          min={MINUTES.least}
          max={MINUTES.most}
          value={minutes}
          onChange={setMinutes}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {words.notNow}
          </Button>
          <Button type="submit" loading={isPending} disabled={!isGood}>
            {words.start}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
