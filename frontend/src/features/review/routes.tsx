import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/review',
    title: 'Review',
    frame: 'full',
    load: () => import('@/features/review/review-page'),
  },
];
