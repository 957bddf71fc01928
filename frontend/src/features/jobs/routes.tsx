import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/jobs', title: 'Jobs', load: () => import('@/features/jobs/jobs-page') },
  { path: '/jobs/$jobId', title: 'Jobs', load: () => import('@/features/jobs/job-page') },
];
