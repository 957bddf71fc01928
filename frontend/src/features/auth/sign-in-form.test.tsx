import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';

import { SignInForm } from '@/features/auth/sign-in-form';
import { fakeApi } from '@/testing/fake-api';
import { renderApp } from '@/testing/render';

const SESSION = { user: { id: 'u1' }, organisations: [], csrf: 'c', setup_needed: false, demo_accounts: [] };

async function fillIn(password: string) {
  await userEvent.type(await screen.findByLabelText('E-mail'), ' ana@site.example ');
  await userEvent.type(screen.getByLabelText('Password'), password);
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

it('signs in with the address as typed, less its spaces', async () => {
  const { asked } = fakeApi({ 'POST /session': SESSION });
  const onSignedIn = vi.fn();
  renderApp(<SignInForm onSignedIn={onSignedIn} />);
  await fillIn('correct horse');
  await waitFor(() => expect(onSignedIn).toHaveBeenCalled());
  expect(asked[0]?.body).toEqual({ email: 'ana@site.example', password: 'correct horse' });
});

it('says why it did not work and keeps what was typed', async () => {
  fakeApi({
    'POST /session': () => ({
      status: 401,
      body: { code: 'wrong_credentials', message: 'E-mail address or password is wrong.' },
    }),
  });
  const onSignedIn = vi.fn();
  renderApp(<SignInForm onSignedIn={onSignedIn} />);
  await fillIn('wrong');
  expect(await screen.findByRole('alert')).toHaveTextContent('E-mail address or password is wrong.');
  expect(screen.getByLabelText('Password')).toHaveValue('wrong');
  expect(onSignedIn).not.toHaveBeenCalled();
});
