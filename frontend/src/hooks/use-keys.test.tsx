import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';

import { useKeys, type KeyVerbs } from './use-keys';

function Page({ verbs }: { verbs: KeyVerbs }) {
  useKeys(verbs);
  return (
    <>
      <div role="slider" aria-valuenow={0} tabIndex={0} />
      <div role="menu">
        <button role="menuitem" />
      </div>
    </>
  );
}

it('a slider keeps its ends to itself, but not those with Shift', async () => {
  const [end, shiftEnd] = [vi.fn(), vi.fn()];
  render(<Page verbs={{ End: end, 'Shift+End': shiftEnd }} />);
  screen.getByRole('slider').focus();
  await userEvent.keyboard('{End}{Shift>}{End}{/Shift}');
  expect([end.mock.calls.length, shiftEnd.mock.calls.length]).toEqual([0, 1]);
});

it('letters in an open menu find its items', async () => {
  const on = vi.fn();
  render(<Page verbs={{ D: on }} />);
  screen.getByRole('menuitem').focus();
  await userEvent.keyboard('d');
  expect(on).not.toHaveBeenCalled();
  screen.getByRole('slider').focus();
  await userEvent.keyboard('d');
  expect(on).toHaveBeenCalledOnce();
});
