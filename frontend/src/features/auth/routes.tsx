import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/link/$token',
    title: 'One-time link',
    load: () => import('@/features/auth/link-page'),
    frame: 'bare',
    isPublic: true,
  },
];
