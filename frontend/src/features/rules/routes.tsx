import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/live/$feedId/zones',
    title: 'Zones',
    load: () => import('@/features/rules/zones-page'),
  },
  { path: '/p/$projectId/rules', title: 'Rules', load: () => import('@/features/rules/rules-page') },
  { path: '/p/$projectId/rules/new', title: 'New rule', load: () => import('@/features/rules/rule-page') },
  { path: '/p/$projectId/rules/$ruleId', title: 'Rule', load: () => import('@/features/rules/rule-page') },
];
