import { Alert, Button, Group, Modal, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';

import { retrainingSave, type RetrainState } from '@/features/models/api';
import { orNull, retrainWords as words } from '@/features/models/retraining/words';
import { useAction } from '@/hooks/use-action';

type Props = { projectId: string; policy: RetrainState['policy']; onClose: () => void };

/** What a kind of model waits for before it is trained anew. */
export function PolicyDialog({ projectId, policy, onClose }: Props) {
  const [enabled, setEnabled] = useState(policy.enabled || policy.version === 0);
  const [labels, setLabels] = useState<number | string>(
    policy.new_labels ?? (policy.version === 0 ? 100 : ''),
  );
  const [days, setDays] = useState<number | string>(policy.every_days ?? '');
  const [onDrift, setOnDrift] = useState(policy.on_drift);
  const [minutes, setMinutes] = useState<number | string>(policy.minutes);
  const save = useAction({
    run: () =>
      retrainingSave(projectId, policy.kind, policy.version, {
        enabled,
        new_labels: orNull(labels),
        every_days: orNull(days),
        on_drift: onDrift,
        minutes: orNull(minutes) ?? policy.minutes,
      }),
    makesOld: [['trainings', projectId]],
    errors: 'inline',
    onDone: onClose,
  });
  const fields = save.error?.fields ?? {};
  return (
    <Modal opened onClose={onClose} title={words.dialog}>
      <Stack>
        {save.error && (
          <Alert color={save.error.isStale ? 'yellow' : 'red'} variant="light" role="alert">
            {save.error.isStale ? words.stale : (fields.enabled ?? save.error.message)}
          </Alert>
        )}
        <Switch
          label={words.enabled}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <NumberInput
          label={words.labels}
          description={words.labelsAbout}
          error={fields.new_labels}
          min={1}
          max={100_000}
          allowDecimal={false}
          disabled={!enabled}
          value={labels}
          onChange={setLabels}
        />
        <NumberInput
          label={words.days}
          description={words.daysAbout}
          error={fields.every_days}
          min={1}
          max={365}
          allowDecimal={false}
          disabled={!enabled}
          value={days}
          onChange={setDays}
        />
        {policy.kind !== 'assist' && (
          <Switch
            label={words.drift}
            description={words.driftAbout}
            error={fields.on_drift}
            disabled={!enabled}
            checked={onDrift}
            onChange={(event) => setOnDrift(event.currentTarget.checked)}
          />
        )}
        <NumberInput
          label={words.minutes}
          error={fields.minutes}
          min={0.05}
          max={1440}
          disabled={!enabled}
          value={minutes}
          onChange={setMinutes}
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {words.inYourName}
          </Text>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            {words.save}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
