import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/feeds/$feedId/calibrate',
    title: 'Calibrate the floor',
    load: () => import('@/features/calibration/feed-page'),
  },
  {
    path: '/cameras/$cameraId/calibrate',
    title: 'Calibrate the floor',
    load: () => import('@/features/calibration/camera-page'),
  },
];
