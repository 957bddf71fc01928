import type { FeatureRoute } from '@/lib/routes';

export const routes: FeatureRoute[] = [
  {
    path: '/p/$projectId/incidents',
    title: 'Incidents',
    load: () => import('@/features/incidents/incidents-page'),
  },
  {
    path: '/p/$projectId/incidents/$incidentId',
    title: 'Incident',
    load: () => import('@/features/incidents/incident-page'),
  },
  { path: '/p/$projectId/alerts', title: 'Alerts', load: () => import('@/features/incidents/alerts-page') },
];
