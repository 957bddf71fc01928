import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';

import { renderApp } from '@/testing/render';

import { ReturnDialog, withReason } from './return-dialog';

it.each([
  ['', 'Wrong label', 'Wrong label'],
  ['  ', 'Wrong label', 'Wrong label'],
  ['The left edge is off', 'Wrong label', 'The left edge is off. Wrong label'],
  ['The left edge is off. ', 'Wrong label', 'The left edge is off. Wrong label'],
  ['Is it a pallet?', 'Wrong label', 'Is it a pallet? Wrong label'],
  ['wrong label on the left', 'Wrong label', 'wrong label on the left'],
])('adds a reason to %j', (text, reason, both) => {
  expect(withReason(text, reason)).toBe(both);
});

/** As the page has it: sent, it closes. */
function Opened({ onReturn }: { onReturn: (reason: string) => void }) {
  const [isOpen, setOpen] = useState(true);
  const close = () => setOpen(false);
  return (
    <ReturnDialog
      isOpen={isOpen}
      before="The left edge is off"
      onClose={close}
      onReturn={(reason) => {
        close();
        onReturn(reason);
      }}
    />
  );
}

it('while it fades away it sends nothing more', async () => {
  const onReturn = vi.fn();
  const dialog = (isOpen: boolean) => (
    <MantineProvider>
      <ReturnDialog isOpen={isOpen} before="Off" onClose={() => undefined} onReturn={onReturn} />
    </MantineProvider>
  );
  const { rerender } = render(dialog(true));
  const form = (await screen.findByRole('button', { name: /Return/ })).closest('form')!;
  rerender(dialog(false));
  expect(form.isConnected).toBe(true);
  fireEvent.submit(form);
  fireEvent.keyDown(form, { key: 'Enter', ctrlKey: true });
  expect(onReturn).not.toHaveBeenCalled();
});

it.each([
  ['Cancel', 0],
  ['Wrong label', 1],
])('Ctrl+Enter on %s sends %d times', async (name, times) => {
  const onReturn = vi.fn();
  renderApp(<Opened onReturn={onReturn} />);
  (await screen.findByRole('button', { name })).focus();
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(onReturn).toHaveBeenCalledTimes(times);
});
