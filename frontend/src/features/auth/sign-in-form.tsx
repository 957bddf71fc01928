import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { signIn } from '@/features/auth/api';
import { authWords as words } from '@/features/auth/strings';
import { FormError } from '@/components/form-error';
import { useAction } from '@/hooks/use-action';
import type { Session } from '@/types/api';

type Props = { email?: string; onSignedIn: (session: Session) => void };

export function SignInForm({ email: initialEmail = '', onSignedIn }: Props) {
  const [email, setEmail] = useState(initialEmail);
  const [password, setPassword] = useState('');
  const action = useAction({ run: signIn, onDone: onSignedIn, errors: 'inline' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.mutate({ email: email.trim(), password });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormError error={action.error} fields={['email', 'password']} />
        <TextInput
          label={words.email}
          type="email"
          name="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={action.error?.fields.email}
          autoFocus={!initialEmail}
        />
        <PasswordInput
          label={words.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={action.error?.fields.password}
          autoFocus={Boolean(initialEmail)}
          data-autofocus={initialEmail ? true : undefined}
        />
        <Button type="submit" loading={action.isPending} disabled={!email.trim() || !password} mt="xs">
          {words.signIn}
        </Button>
      </Stack>
    </form>
  );
}
