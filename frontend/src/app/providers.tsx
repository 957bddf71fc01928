import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';

import type { AppRouter } from '@/app/router';
import { cssVariables, theme } from '@/app/theme';
import { eventStream } from '@/lib/event-stream';
import { invalidateFromEvents } from '@/lib/invalidation';

type Props = { cache: QueryClient; router: AppRouter };

export function Providers({ cache, router }: Props) {
  useEffect(() => invalidateFromEvents(eventStream, cache), [cache]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-center" limit={4} />
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
