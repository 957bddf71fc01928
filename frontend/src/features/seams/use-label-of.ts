import { useProject } from '@/hooks/use-project';

const NO_COLOR = '#adb5bd';

/** Name and colour of a label of the project; one that is gone is shown by a grey dash. */
export function useLabelOf(projectId: string) {
  const labels = useProject(projectId).data?.ontology.labels ?? [];
  return (labelId: string) => {
    const found = labels.find(({ id }) => id === labelId);
    return { name: found?.name ?? '–', color: found?.color ?? NO_COLOR };
  };
}
