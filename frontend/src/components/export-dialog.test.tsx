import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';

import { ExportDialog } from '@/components/export-dialog';
import { renderApp } from '@/testing/render';

it('says what each form holds of pictures and videos, and links to it', async () => {
  const user = userEvent.setup();
  renderApp(
    <ExportDialog projectId="p1" title="Export" about="All of it." of={{}} onClose={() => undefined} />,
  );
  const format = await screen.findByLabelText('Written as', { selector: 'input' });
  expect(format).toHaveAccessibleDescription(/frame by frame/);
  await user.click(format);
  await user.click(screen.getByRole('option', { name: 'MOT' }));
  expect(format).toHaveAccessibleDescription(/Pictures and attributes are left out.*left-out.json/);
  const link = screen.getByRole('link', { name: 'Download' });
  expect(link).toHaveAttribute('href', expect.stringContaining('/projects/p1/export?format=mot&images=true'));
  await user.click(format);
  await user.click(screen.getByRole('option', { name: 'Siteloop' }));
  expect(format).not.toHaveAccessibleDescription(/left-out.json/);
});
