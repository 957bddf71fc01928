import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { incidentsQuery } from '@/features/incidents/api';
import { useKeys } from '@/hooks/use-keys';
import { paths } from '@/lib/paths';

/**
 * J and K step through the list, newest first, from one incident on. A step taken before the one before it is shown
 * counts from where that one leads.
 */
export function useStepKeys(projectId: string, id: string): void {
  const { data } = useInfiniteQuery(incidentsQuery(projectId, {}));
  const navigate = useNavigate();
  const asked = useRef(id);
  useEffect(() => {
    asked.current = id;
  }, [id]);
  const step = (by: 1 | -1) => {
    const ids = data?.pages.flatMap(({ results }) => results.map((row) => row.id)) ?? [];
    const at = ids.indexOf(asked.current);
    const to = at < 0 ? undefined : ids[at + by];
    if (!to) return;
    asked.current = to;
    void navigate({ to: paths.incident(projectId, to) });
  };
  useKeys({ J: () => step(1), K: () => step(-1) });
}
