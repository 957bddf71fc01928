/** Render a component or a page as the app would: theme, cache and an address. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';

/**
 * `path` is the route's pattern, `at` the address opened: `renderApp(<Page />, { path: '/p/$projectId', at: '/p/p1' })`.
 * Other addresses render their own name, so that a test can see where a click led.
 */
export function renderApp(ui: ReactElement, { path = '/', at = path }: { path?: string; at?: string } = {}) {
  const cache = new QueryClient({
    defaultOptions: { queries: { retry: false }, mutations: { retry: false } },
  });
  const root = createRootRoute({ notFoundComponent: () => <div>elsewhere</div> });
  const page = createRoute({ getParentRoute: () => root, path, component: () => ui });
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  const view = render(
    <MantineProvider env="test">
      <Notifications />
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...view, cache, router };
}
