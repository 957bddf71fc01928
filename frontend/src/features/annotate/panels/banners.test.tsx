import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';

import { renderApp } from '@/testing/render';
import type { Project } from '@/types/api';

import type { BenchVerbs } from '../use-bench-verbs';
import type { SessionView, TaskSession } from '../work/task-session';
import { Banners } from './banners';

it('whoever may correct a picture may try it beside somebody who had it open: that may be long ago', async () => {
  const goTo = vi.fn();
  const task = { id: 't1', state: 'approved', locked_by: 'Ben', correctable: false, assignment: null };
  renderApp(
    <Banners
      project={{ id: 'p1', my_role: 'reviewer', settings: {} } as unknown as Project}
      session={{ task, isEditable: false } as unknown as TaskSession}
      view={{ isLate: false, isDurable: true, mergedWith: null } as unknown as SessionView}
      as="label"
      on={{ notice: null, goTo } as unknown as BenchVerbs}
    />,
  );
  await screen.findByText('Ben has this picture open.');
  await userEvent.click(screen.getByRole('button', { name: 'Correct it' }));
  expect(goTo).toHaveBeenCalledWith('t1', 'review');
});
