import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/videos/$assetId/seams',
    title: 'Where the parts meet',
    load: () => import('@/features/seams/seams-page'),
  },
];
