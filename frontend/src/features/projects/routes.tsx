import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/projects', title: 'Projects', load: () => import('@/features/projects/projects-page') },
  { path: '/p/$projectId', title: 'Overview', load: () => import('@/features/projects/project-page') },
  {
    path: '/p/$projectId/settings',
    title: 'Settings',
    load: () => import('@/features/projects/settings/settings-page'),
  },
];
