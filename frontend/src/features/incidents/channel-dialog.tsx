import {
  Alert,
  Button,
  Group,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';

import { channelCreate, type ChannelWrite } from '@/features/incidents/api';
import { useAction } from '@/hooks/use-action';

export function ChannelDialog({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const [given, setGiven] = useState<ChannelWrite>({
    kind: 'webhook',
    name: '',
    target: '',
    least_rank: 0,
    escalations_only: false,
  });
  const set = (to: Partial<ChannelWrite>) => setGiven((before) => ({ ...before, ...to }));
  const save = useAction({
    run: () => channelCreate(projectId, given),
    makesOld: [['channels', projectId]],
    onDone: onClose,
    errors: 'inline',
  });
  const fields = save.error?.fields ?? {};
  return (
    <Modal opened onClose={onClose} title="Where alerts go" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          <SegmentedControl
            aria-label="Kind"
            value={given.kind}
            onChange={(kind) => set({ kind: kind as ChannelWrite['kind'] })}
            data={[
              { value: 'webhook', label: 'Webhook' },
              { value: 'email', label: 'E-mail' },
            ]}
          />
          <TextInput
            label="Name"
            placeholder="Shift lead"
            value={given.name}
            maxLength={80}
            error={fields['name']}
            data-autofocus
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label={given.kind === 'email' ? 'Addresses, with commas between' : 'Address'}
            placeholder={given.kind === 'email' ? 'lead@example.com' : 'https://chat.example.com/hooks/…'}
            value={given.target}
            maxLength={500}
            error={fields['target']}
            onChange={(event) => set({ target: event.currentTarget.value })}
          />
          <Select
            label="From severity"
            allowDeselect={false}
            value={String(given.least_rank)}
            data={[
              { value: '0', label: 'Low' },
              { value: '1', label: 'Medium' },
              { value: '2', label: 'High' },
            ]}
            onChange={(rank) => set({ least_rank: Number(rank) })}
          />
          <Switch
            label="Escalations only"
            description="Told when nobody acknowledged in time, or somebody pressed Escalate."
            checked={given.escalations_only ?? false}
            onChange={(event) => set({ escalations_only: event.currentTarget.checked })}
          />
          {save.error && (
            <Alert color="red" variant="light" role="alert">
              {save.error.message}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={!given.name.trim() || !given.target.trim()}
            >
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
