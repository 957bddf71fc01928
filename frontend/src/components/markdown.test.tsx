import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';

import { Markdown } from './markdown';

/** The formatter comes in a file of its own; a busy machine takes its time. */
const LOADED = { timeout: 20_000 };
const TEXT = `# Helmets

| what | label |
|---|---|
| ~~cap~~ helmet | hard_hat |

<b>bold</b> ![seen](https://elsewhere.example/x.png)`;

test(
  'tables are tables, raw HTML stays text, foreign pictures are never fetched',
  { timeout: 30_000 },
  async () => {
    const { container } = render(
      <MantineProvider>
        <Markdown text={TEXT} />
      </MantineProvider>,
    );
    expect(await screen.findByRole('columnheader', { name: 'label' }, LOADED)).toBeDefined();
    expect(screen.getByRole('cell', { name: 'hard_hat' })).toBeDefined();
    expect(container.querySelector('img, b')).toBeNull();
    expect(container.textContent).toContain('bold');
  },
);
