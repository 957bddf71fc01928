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
  expect(await screen.findByText(/frame by frame/)).toBeVisible();
  await user.click(screen.getByRole('radio', { name: 'MOT' }));
  expect(screen.getByText(/Pictures and attributes are left out/)).toBeVisible();
  expect(screen.getByText(/named in left-out.json/)).toBeVisible();
  const link = screen.getByRole('link', { name: 'Download' });
  expect(link).toHaveAttribute('href', expect.stringContaining('/projects/p1/export?format=mot&images=true'));
  await user.click(screen.getByRole('radio', { name: 'Siteloop' }));
  expect(screen.queryByText(/left-out.json/)).toBeNull();
});
