import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';

import { ImportDialog } from '@/features/data/import-dialog';
import { renderApp } from '@/testing/render';

it('says where a video is looked for, in the forms that know videos', async () => {
  const user = userEvent.setup();
  renderApp(<ImportDialog projectId="p1" onClose={() => undefined} />);
  const format = await screen.findByLabelText('Written as', { selector: 'input' });
  expect(format).toHaveAccessibleDescription(/Videos in the zip are not read/);
  await user.click(format);
  await user.click(screen.getByRole('option', { name: 'MOT' }));
  expect(format).toHaveAccessibleDescription(
    /called like the video, with its gt.txt.*looked for in this project by its name/,
  );
  expect(screen.getByRole('button', { name: 'Import' })).toBeDisabled();
});
