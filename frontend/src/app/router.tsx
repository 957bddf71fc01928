/** The route tree. Features are found by their `routes.tsx`; a feature that is not there has no address. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router';

import { Root } from '@/app/root';
import { PageSkeleton } from '@/components/skeletons';
import { ErrorState, RefusedState } from '@/components/states';
import type { FeatureRoute, Frame } from '@/lib/routes';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    title?: string;
    frame?: Frame;
    isPublic?: boolean;
  }
}

const found = import.meta.glob<{ routes: FeatureRoute[] }>('../features/*/routes.tsx', { eager: true });
export const featureRoutes: FeatureRoute[] = Object.values(found).flatMap((module) => module.routes);

export function createAppRouter(history?: RouterHistory) {
  const root = createRootRoute({ component: Root, notFoundComponent: () => <RefusedState /> });
  const children = featureRoutes.map((route) =>
    createRoute({
      getParentRoute: () => root,
      path: route.path,
      component: lazyRouteComponent(route.load),
      staticData: { title: route.title, frame: route.frame ?? 'page', isPublic: route.isPublic ?? false },
    }),
  );
  return createRouter({
    routeTree: root.addChildren(children),
    history,
    defaultPreload: 'intent',
    defaultPendingMs: 120,
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: ({ error, reset }) => (
      <ErrorState error={error} retry={reset} kept="What was saved before is kept." />
    ),
    scrollRestoration: true,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;
