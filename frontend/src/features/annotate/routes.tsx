import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/annotate',
    title: 'Label',
    frame: 'full',
    load: () => import('@/features/annotate/claim-page'),
  },
  {
    path: '/p/$projectId/annotate/$taskId',
    title: 'Label',
    frame: 'full',
    load: () => import('@/features/annotate/annotate-page'),
  },
];
