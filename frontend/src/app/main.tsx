import '@mantine/core/styles.css';

import { MantineProvider, Text } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto">
      <Text p="md">Siteloop</Text>
    </MantineProvider>
  </StrictMode>,
);
