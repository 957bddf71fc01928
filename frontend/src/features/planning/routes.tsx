import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/p/$projectId/planning', title: 'Planning', load: () => import('./planning-page') },
];
