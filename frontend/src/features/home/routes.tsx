import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/', title: 'Home', load: () => import('@/features/home/home-page') },
  { path: '/work', title: 'My work', load: () => import('@/features/home/work-page') },
];
