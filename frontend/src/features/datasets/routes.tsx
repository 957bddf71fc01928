import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/datasets',
    title: 'Datasets',
    load: () => import('@/features/datasets/datasets-page'),
  },
  {
    path: '/p/$projectId/datasets/$datasetId',
    title: 'Datasets',
    load: () => import('@/features/datasets/dataset-page'),
  },
];
