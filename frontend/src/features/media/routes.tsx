import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/p/$projectId/upload', title: 'Add pictures', load: () => import('@/features/media/upload-page') },
];
