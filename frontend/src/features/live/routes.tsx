import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/live',
    title: 'Live',
    frame: 'full',
    load: () => import('@/features/live/live-page'),
  },
  {
    path: '/feeds/$feedId/mirror',
    title: 'Mirror',
    frame: 'bare',
    load: () => import('@/features/live/mirror-page'),
  },
  {
    path: '/p/$projectId/live/$feedId',
    title: 'Live',
    load: () => import('@/features/live/camera/camera-page'),
  },
];
