/** A one-time link: the first admin's set-up, an invitation, or a new password. */
import { Button, PasswordInput, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { acceptLink, fetchLink, type LinkInfo } from '@/features/auth/api';
import { AuthFrame } from '@/features/auth/auth-frame';
import { authWords as words } from '@/features/auth/strings';
import { ButtonLink } from '@/components/links';
import { ErrorState } from '@/components/states';
import { FormError } from '@/components/form-error';
import { useAction } from '@/hooks/use-action';
import { useParam } from '@/hooks/use-param';
import { useAdoptSession } from '@/hooks/use-session';
import { toApiError } from '@/lib/api-error';
import { paths } from '@/lib/paths';

const TITLES: Record<LinkInfo['purpose'], string> = {
  setup: 'Set up Siteloop',
  invite: 'Join Siteloop',
  reset: 'Choose a new password',
};

export default function LinkPage() {
  const token = useParam('token');
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => fetchLink(token),
    retry: false,
    staleTime: Infinity,
  });
  if (link.isPending) {
    return (
      <AuthFrame title="One moment">
        <Skeleton height={160} />
      </AuthFrame>
    );
  }
  if (link.error && toApiError(link.error).isTransient) {
    return <ErrorState error={link.error} retry={() => void link.refetch()} />;
  }
  if (!link.data) return <LinkGone />;
  return <LinkForm token={token} link={link.data} />;
}

function LinkGone() {
  return (
    <AuthFrame title={words.linkGone}>
      <Stack>
        <Text size="sm">{words.linkGoneWhy}</Text>
        <ButtonLink to={paths.home()} variant="default">
          {words.toSignIn}
        </ButtonLink>
      </Stack>
    </AuthFrame>
  );
}

function LinkForm({ token, link }: { token: string; link: LinkInfo }) {
  const adopt = useAdoptSession();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [email, setEmail] = useState(link.email);
  const [organisation, setOrganisation] = useState('');
  const [password, setPassword] = useState('');
  const isNew = link.purpose !== 'reset';
  const isSetup = link.purpose === 'setup';
  const action = useAction({
    run: () =>
      acceptLink(token, {
        password,
        name: isNew ? name.trim() : '',
        email: isSetup ? email.trim() : '',
        organisation_name: isSetup ? organisation.trim() : '',
      }),
    errors: 'inline',
    onDone: (session) => {
      adopt(session);
      void navigate({ to: paths.home() });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.mutate();
  };
  const isMissing =
    !password || (isNew && !name.trim()) || (isSetup && (!email.trim() || !organisation.trim()));
  const fields = action.error?.fields ?? {};
  return (
    <AuthFrame title={TITLES[link.purpose]}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <FormError error={action.error} fields={['organisation_name', 'email', 'name', 'password']} />
          {isSetup && (
            <TextInput
              label="Organisation"
              placeholder="Whose sites these are"
              value={organisation}
              onChange={(event) => setOrganisation(event.currentTarget.value)}
              error={fields.organisation_name}
              autoFocus
            />
          )}
          <TextInput
            label={words.email}
            type="email"
            value={email}
            readOnly={!isSetup}
            variant={isSetup ? 'default' : 'filled'}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={fields.email}
          />
          {isNew && (
            <TextInput
              label={words.name}
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={fields.name}
              autoFocus={!isSetup}
            />
          )}
          <PasswordInput
            label={words.password}
            description={link.purpose === 'reset' ? words.resetEnds : words.passwordHint}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={fields.password}
          />
          <Button type="submit" loading={action.isPending} disabled={isMissing} mt="xs">
            {link.purpose === 'reset' ? 'Set password and sign in' : 'Start'}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
