import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/', title: 'Home', load: () => import('@/features/home/home-page') },
];
