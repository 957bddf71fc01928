import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { tokenCreate, TOKENS_KEY } from '@/features/people/api';
import { peopleWords as words } from '@/features/people/strings';
import { SecretBox } from '@/components/secret-box';
import { FormError } from '@/components/form-error';
import { useAction } from '@/hooks/use-action';

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: '', label: 'until revoked' },
];

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<'read' | 'write'>('read');
  const [days, setDays] = useState('90');
  const create = useAction({
    run: () =>
      tokenCreate({
        name: name.trim(),
        scopes: scope === 'write' ? ['read', 'write'] : ['read'],
        expires_days: days ? Number(days) : null,
      }),
    makesOld: [TOKENS_KEY],
    errors: 'inline',
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={words.newToken}>
      {create.data ? (
        <Stack>
          <SecretBox about={words.tokenReady} value={create.data.token} />
          <Group justify="flex-end">
            <Button onClick={onClose}>I have copied it</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <FormError error={create.error} />
            <TextInput
              label="Name"
              placeholder="nightly export"
              value={name}
              maxLength={80}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Group grow>
              <Select
                label="May"
                data={[
                  { value: 'read', label: 'read' },
                  { value: 'write', label: 'read and write' },
                ]}
                value={scope}
                allowDeselect={false}
                onChange={(value) => setScope(value === 'write' ? 'write' : 'read')}
              />
              <Select
                label="Works for"
                data={LIVES}
                value={days}
                allowDeselect={false}
                onChange={(value) => setDays(value ?? '90')}
              />
            </Group>
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" disabled={!name.trim()} loading={create.isPending}>
                Make token
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
