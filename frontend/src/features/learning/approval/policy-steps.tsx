import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';

import { ConfirmButton } from '@/components/confirm-button';
import { useAction } from '@/hooks/use-action';

import { policyStep, type Policy, type PolicyEvent } from './api';
import { approvalWords as words } from './words';

type Props = { projectId: string; policy: Policy };
type Asked = { event: PolicyEvent; takeBack?: boolean };

/** What a manager may do with a promise now; what is not possible is not shown. */
export function PolicySteps({ projectId, policy }: Props) {
  const [isStopping, stopping] = useDisclosure(false);
  const options = {
    run: ({ event, takeBack }: Asked) => policyStep(policy, event, takeBack),
    makesOld: [['approval', projectId]],
    done: (_: Policy, { event }: Asked) => words.done[event],
    onDone: () => stopping.close(),
  };
  const step = useAction(options);
  const retire = useAction({ ...options, errors: 'inline' });
  const may = (event: PolicyEvent) => policy.steps.some((one) => one.event === event && one.allowed);
  return (
    <Group gap="xs">
      {(['activate', 'resume', 'restart'] as const).filter(may).map((event) => (
        <Button
          key={event}
          size="xs"
          variant={event === 'activate' ? 'filled' : 'default'}
          loading={step.isPending}
          onClick={() => step.mutate({ event })}
        >
          {words.steps[event]}
        </Button>
      ))}
      {may('suspend') && (
        <Button size="xs" variant="default" onClick={stopping.open}>
          {words.steps.suspend}
        </Button>
      )}
      {may('retire') && (
        <ConfirmButton
          size="xs"
          variant="subtle"
          color="gray"
          title={words.retireTitle}
          losing={words.retireLosing}
          verb={words.steps.retire}
          onConfirm={() => retire.mutateAsync({ event: 'retire' })}
        >
          {words.steps.retire}
        </ConfirmButton>
      )}
      <Modal opened={isStopping} onClose={stopping.close} title={words.stopTitle} centered>
        <Stack>
          <Text size="sm">{words.stopAbout}</Text>
          <Group justify="flex-end">
            <Button
              variant="default"
              loading={step.isPending}
              onClick={() => step.mutate({ event: 'suspend' })}
            >
              {words.stopKeep}
            </Button>
            <Button
              color="red"
              loading={step.isPending}
              onClick={() => step.mutate({ event: 'suspend', takeBack: true })}
            >
              {words.stopBack}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
