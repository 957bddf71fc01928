import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/p/$projectId/models', title: 'Models', load: () => import('@/features/models/models-page') },
  {
    path: '/p/$projectId/models/$modelId',
    title: 'Models',
    load: () => import('@/features/models/model-page'),
  },
  {
    path: '/p/$projectId/models/$modelId/comparison',
    title: 'Models',
    load: () => import('@/features/models/comparison/comparison-page'),
  },
];
