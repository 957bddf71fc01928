import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent, type ReactNode } from 'react';

import { useAction } from '@/hooks/use-action';
import { api, idempotent, newIdempotencyKey, unwrap } from '@/lib/api-client';
import { paths } from '@/lib/paths';
import type { Schemas } from '@/types/api';

type Props = {
  projectId: string;
  /** Which pictures: filters or a saved slice. */
  of: Pick<Schemas['DatasetCreateRequest'], 'filters' | 'slice_id'>;
  /** What goes in, in words, or a field that chooses it. */
  children: ReactNode;
  onClose: () => void;
};

/** Freeze approved labels as a numbered version that never changes again. */
export function FreezeDialog({ projectId, of, children, onClose }: Props) {
  const [key] = useState(newIdempotencyKey);
  const [name, setName] = useState('');
  const [notes, setNotes] = useState('');
  const navigate = useNavigate();
  const freeze = useAction({
    run: () =>
      unwrap(
        api.POST('/api/v1/projects/{project_id}/datasets', {
          params: { path: { project_id: projectId } },
          body: { ...of, name: name.trim(), notes },
          headers: idempotent(key),
        }),
      ),
    makesOld: [
      ['datasets', projectId],
      ['overview', projectId],
    ],
    done: (version) => `Version ${version.number} is being frozen`,
    errors: 'inline',
    onDone: (version) => {
      onClose();
      void navigate({ to: paths.dataset(projectId, version.id) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    freeze.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Freeze a dataset version">
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            Only approved labels go in. The version gets a number and a fingerprint, is split into train, val
            and test, and never changes again; deleted pictures leave a gap.
          </Text>
          {freeze.error && (
            <Alert color="red" variant="light" role="alert">
              {freeze.error.message}
            </Alert>
          )}
          {children}
          <TextInput
            label="Name"
            placeholder="Docks after the new lamps"
            description="Optional; the number names it anyway."
            value={name}
            maxLength={120}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea
            label="Notes"
            value={notes}
            autosize
            minRows={2}
            maxLength={10_000}
            onChange={(event) => setNotes(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={freeze.isPending}>
              Freeze
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
