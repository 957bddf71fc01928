/** The labels being edited, and what can happen while they are saved: refused, stale, still in use. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ontologyReplace, type LabelMap } from '@/features/projects/api';
import { isSame, problemsFromServer, problemsOf, type Problems } from '@/features/projects/ontology/draft';
import { ontologyWords as words } from '@/features/projects/strings';
import { fetchProject, projectKey } from '@/hooks/use-project';
import { toApiError } from '@/lib/api-error';
import { toastDone, toastError } from '@/lib/toast';
import type { Label, Ontology, Project } from '@/types/api';

export function useOntologyDraft(project: Project) {
  const cache = useQueryClient();
  const [base, setBase] = useState<Ontology>(project.ontology);
  const [labels, setLabelsState] = useState<Label[]>(project.ontology.labels);
  const [refused, setRefused] = useState<Problems>({});
  const [theirs, setTheirs] = useState<Ontology | null>(null);
  const [inUse, setInUse] = useState<Label[]>([]);
  const [isSaving, setSaving] = useState(false);

  const own = problemsOf(labels);
  const adopt = (ontology: Ontology) => {
    setBase(ontology);
    setLabelsState(ontology.labels);
    setRefused({});
    setTheirs(null);
  };

  const failed = async (error: unknown) => {
    const problem = toApiError(error);
    if (problem.isStale) {
      setTheirs((await fetchProject(project.id)).ontology);
    } else if (problem.code === 'label_in_use') {
      const ids = (problem.extra.label_ids ?? []) as string[];
      setInUse(base.labels.filter((label) => ids.includes(label.id)));
    } else if (Object.keys(problem.fields).length > 0) {
      setRefused(problemsFromServer(problem.fields, labels));
    } else {
      toastError(problem, 'The labels were not saved');
    }
  };

  const saveOn = async (number: number, map: LabelMap) => {
    setSaving(true);
    setInUse([]);
    try {
      const saved = await ontologyReplace(project.id, number, labels, map);
      adopt(saved);
      cache.setQueryData<Project>(projectKey(project.id), (old) => old && { ...old, ontology: saved });
      toastDone(words.saved);
    } catch (error) {
      await failed(error).catch((again: unknown) => toastError(again));
    } finally {
      setSaving(false);
    }
  };

  return {
    labels,
    setLabels: (next: Label[]) => {
      setRefused({});
      setLabelsState(next);
    },
    // A name being typed for the first time is not scolded until something else was tried.
    problems: { ...own, ...refused },
    savedPoints: new Map(base.labels.map((label) => [label.id, label.skeleton?.points.length ?? 0])),
    isBlocked: Object.keys(own).length > 0,
    isChanged: !isSame(base.labels, labels),
    isSaving,
    isStale: theirs !== null,
    inUse,
    cancelInUse: () => setInUse([]),
    save: (map: LabelMap) => saveOn(base.number, map),
    saveOverTheirs: () => saveOn(theirs?.number ?? base.number, {}),
    takeTheirs: () => theirs && adopt(theirs),
    discard: () => adopt(base),
  };
}
