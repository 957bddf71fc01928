/** One card of a project's settings: what is changed in it, and saving that alone. */
import { useState } from 'react';

import { useProjectSave } from '@/features/projects/settings/use-project-save';
import type { Project, ProjectSettings } from '@/types/api';

export function useSettingsForm(project: Project) {
  const [changes, setChanges] = useState<Partial<ProjectSettings>>({});
  const save = useProjectSave(project, 'Saved', () => setChanges({}));
  const settings: ProjectSettings = { ...project.settings, ...changes };
  return {
    settings,
    set: (part: Partial<ProjectSettings>) => setChanges({ ...changes, ...part }),
    /** For the card's save button. */
    saving: {
      disabled: JSON.stringify(settings) === JSON.stringify(project.settings),
      loading: save.isPending,
      onClick: () => save.mutate({ settings: changes }),
    },
  };
}
