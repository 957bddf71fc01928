import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/p/$projectId/quality', title: 'Quality', load: () => import('@/features/quality/quality-page') },
];
