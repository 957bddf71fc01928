import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';

import { VideoSettings } from '@/features/projects/settings/video-settings';
import { fakeApi } from '@/testing/fake-api';
import { renderApp } from '@/testing/render';
import type { Project } from '@/types/api';

it('says which overlap goes with the length before it is saved, and saves none that does not go', async () => {
  fakeApi({});
  const project = { id: 'p1', version: 1, settings: { part_frames: 9_000, part_overlap: 50 } };
  renderApp(<VideoSettings project={project as unknown as Project} readOnly={false} />, {
    path: '/p/$projectId/settings',
    at: '/p/p1/settings',
  });
  const frames = await screen.findByLabelText('Frames in a part');
  await userEvent.type(frames, '{Backspace}{Backspace}');
  expect(frames).toHaveValue('90');
  expect(await screen.findByText('From 2 to 22.')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
  await userEvent.type(frames, '0');
  expect(screen.queryByText(/^From /)).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Save' })).toBeEnabled();
});
