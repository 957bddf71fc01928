/** Saving parts of a project. When somebody saved in between, theirs is fetched and what was typed here stays. */
import { useQueryClient } from '@tanstack/react-query';

import { projectUpdate, type ProjectUpdate } from '@/features/projects/api';
import { useAction } from '@/hooks/use-action';
import { projectKey, PROJECTS_KEY } from '@/hooks/use-project';
import { toApiError } from '@/lib/api-error';
import type { Project } from '@/types/api';

/** Send only what was changed here: everything else stays as others left it. */
export function useProjectSave(project: Project, done: string, onDone?: () => void) {
  const cache = useQueryClient();
  return useAction({
    run: (change: ProjectUpdate) =>
      projectUpdate(project.id, change, project.version).catch((error: unknown) => {
        if (toApiError(error).isStale) void cache.invalidateQueries({ queryKey: projectKey(project.id) });
        throw error;
      }),
    makesOld: [PROJECTS_KEY, ['home']],
    done,
    onDone: (saved) => {
      // The answer is the newest state: the next save must carry its version, not that of a refetch to come.
      cache.setQueryData(projectKey(project.id), saved);
      onDone?.();
    },
  });
}
