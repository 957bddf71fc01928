import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/learning',
    title: 'Learning',
    load: () => import('@/features/learning/learning-page'),
  },
];
