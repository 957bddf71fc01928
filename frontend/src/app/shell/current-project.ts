/** The project the rail's lower half is about: the page's own, else the last one visited. */
import { useEffect } from 'react';

import { useOptionalParam } from '@/hooks/use-param';
import { useProjects } from '@/hooks/use-project';

const LAST_PROJECT = 'siteloop.project.last';

function lastProject(): string | null {
  try {
    return localStorage.getItem(LAST_PROJECT);
  } catch {
    return null; // storage may be barred by the browser
  }
}

export function useCurrentProjectId(): string | undefined {
  const here = useOptionalParam('projectId');
  const { data: projects } = useProjects();
  useEffect(() => {
    if (here) localStorage.setItem(LAST_PROJECT, here);
  }, [here]);
  if (here) return here;
  const open = projects?.filter((project) => project.archived_at === null) ?? [];
  return (open.find((project) => project.id === lastProject()) ?? open[0])?.id;
}
