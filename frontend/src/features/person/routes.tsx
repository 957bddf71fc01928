import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/people/$userId',
    title: 'Work',
    load: () => import('@/features/person/person-page'),
  },
];
