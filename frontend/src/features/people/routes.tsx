import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  { path: '/people', title: 'People', load: () => import('@/features/people/people-page') },
  { path: '/account', title: 'Account', load: () => import('@/features/people/account-page') },
];
