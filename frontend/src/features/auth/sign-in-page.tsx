import { Alert, Button, Divider, Group, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';

import { FormError } from '@/components/form-error';
import { signIn } from '@/features/auth/api';
import { AuthFrame } from '@/features/auth/auth-frame';
import { SignInForm } from '@/features/auth/sign-in-form';
import { authWords as words } from '@/features/auth/strings';
import { useAction } from '@/hooks/use-action';
import { useAdoptSession } from '@/hooks/use-session';
import type { DemoAccount, Session } from '@/types/api';

export function SignInPage({ session }: { session: Session }) {
  const adopt = useAdoptSession();
  useEffect(() => {
    document.title = `${words.title} · Siteloop`;
  }, []);
  const demoAccounts = session.demo_accounts ?? [];
  return (
    <AuthFrame title={words.title}>
      <Stack gap="md">
        {session.setup_needed && (
          <Alert color="teal" variant="light">
            {words.setUp}
          </Alert>
        )}
        <SignInForm onSignedIn={adopt} />
        <Text size="xs" c="dimmed">
          {words.forgot}
        </Text>
        {demoAccounts.length > 0 && <DemoAccounts accounts={demoAccounts} onSignedIn={adopt} />}
      </Stack>
    </AuthFrame>
  );
}

type DemoProps = { accounts: DemoAccount[]; onSignedIn: (session: Session) => void };

function DemoAccounts({ accounts, onSignedIn }: DemoProps) {
  const action = useAction({ run: signIn, onDone: onSignedIn, errors: 'inline' });
  return (
    <Stack gap="xs">
      <Divider label={words.demo} labelPosition="center" />
      <FormError error={action.error} />
      {accounts.map((account) => (
        <Button
          key={account.email}
          variant="default"
          justify="space-between"
          loading={action.isPending && action.variables.email === account.email}
          onClick={() => action.mutate({ email: account.email, password: account.password })}
          rightSection={
            <Text size="xs" c="dimmed">
              {account.email}
            </Text>
          }
        >
          {account.name}
        </Button>
      ))}
      <Group>
        <Text size="xs" c="dimmed">
          {words.demoHint}
        </Text>
      </Group>
    </Stack>
  );
}
