import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/data',
    title: 'Data',
    frame: 'full',
    load: () => import('@/features/data/data-page'),
  },
];
