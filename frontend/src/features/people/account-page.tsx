import { Alert, Button, Card, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { meUpdate, passwordChange, TOKENS_KEY } from '@/features/people/api';
import { peopleWords as words } from '@/features/people/strings';
import { Tokens } from '@/features/people/tokens';
import { FormError } from '@/components/form-error';
import { PageFrame, Section } from '@/components/page';
import { useAction } from '@/hooks/use-action';
import { SESSION_KEY, useMe } from '@/hooks/use-session';

export default function AccountPage() {
  const me = useMe();
  return (
    <PageFrame title={words.accountTitle} about={me.email} narrow>
      <Stack gap="lg">
        {me.is_demo ? (
          <Alert color="teal" variant="light">
            {words.demo}
          </Alert>
        ) : (
          <>
            <Naming />
            <Password />
          </>
        )}
        <Tokens />
      </Stack>
    </PageFrame>
  );
}

function Naming() {
  const me = useMe();
  const [name, setName] = useState(me.name);
  const save = useAction({
    run: () => meUpdate({ name: name.trim() }),
    makesOld: [SESSION_KEY],
    done: 'Saved',
  });
  return (
    <Section title="Name">
      <Card>
        <Group align="flex-end">
          <TextInput
            label="Shown beside your work"
            value={name}
            maxLength={120}
            flex={1}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            disabled={!name.trim() || name.trim() === me.name}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            Save
          </Button>
        </Group>
      </Card>
    </Section>
  );
}

function Password() {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const change = useAction({
    run: () => passwordChange({ old, new: next }),
    errors: 'inline',
    done: words.passwordDone,
    makesOld: [TOKENS_KEY],
    onDone: () => {
      setOld('');
      setNext('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const fields = change.error?.fields ?? {};
  return (
    <Section title="Password">
      <Card>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <FormError error={change.error} fields={['old', 'new', 'password']} />
            <Group grow align="flex-start">
              <PasswordInput
                label="Present password"
                autoComplete="current-password"
                value={old}
                error={fields.old}
                onChange={(event) => setOld(event.currentTarget.value)}
              />
              <PasswordInput
                label="New password"
                autoComplete="new-password"
                value={next}
                error={fields.new ?? fields.password}
                onChange={(event) => setNext(event.currentTarget.value)}
              />
            </Group>
            <Text size="sm" c="dimmed">
              {words.passwordEnds}
            </Text>
            <Group>
              <Button type="submit" disabled={!old || !next} loading={change.isPending}>
                Change password
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
    </Section>
  );
}
