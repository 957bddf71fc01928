import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/sites', title: 'Sites and cameras', load: () => import('@/features/sites/sites-page') },
];
