import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { cameraCreate, cameraUpdate, type Camera } from '@/features/sites/api';
import { siteWords as words } from '@/features/sites/strings';
import { FormError } from '@/components/form-error';
import { useAction } from '@/hooks/use-action';
import { SITES_KEY } from '@/hooks/use-sites';
import { newIdempotencyKey } from '@/lib/api-client';

type Props = { siteId: string; camera?: Camera; onClose: () => void };

export function CameraDialog({ siteId, camera, onClose }: Props) {
  const [key] = useState(newIdempotencyKey);
  const [name, setName] = useState(camera?.name ?? '');
  const [notes, setNotes] = useState(camera?.notes ?? '');
  const save = useAction({
    run: (): Promise<Camera> =>
      camera
        ? cameraUpdate(camera.id, { name: name.trim(), notes })
        : cameraCreate(siteId, { name: name.trim(), notes }, key),
    makesOld: [SITES_KEY],
    errors: 'inline',
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={camera ? `Edit ${camera.name}` : words.addCamera}>
      <form onSubmit={submit}>
        <Stack>
          <FormError error={save.error} fields={['name']} />
          <TextInput
            label="Name"
            placeholder="dock 3"
            value={name}
            maxLength={120}
            data-autofocus
            error={save.error?.fields.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea
            label="Notes"
            placeholder="Where it hangs, how high, what it sees at night"
            value={notes}
            maxLength={2000}
            autosize
            minRows={2}
            onChange={(event) => setNotes(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
              {camera ? 'Save' : 'Add camera'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
