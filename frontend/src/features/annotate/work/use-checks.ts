/** The list "before you submit", alive: what the page finds, and what the server refused until it is mended. */
import { useEffect, useMemo, useState } from 'react';

import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label, ProjectSettings } from '@/types/api';

import { problemsFromServer, problemsOf, type Problem } from './checks';
import type { Refusals } from './submitting';
import type { TaskSession } from './task-session';

export type ChecksView = {
  problems: readonly Problem[];
  isOpen: boolean;
  toggle: () => void;
  close: () => void;
  /** Shows the list and answers true where something stands in the way of a submit. */
  stop: () => boolean;
  refuse: (fields: Refusals) => void;
  show: (problem: Problem) => void;
};

/** A refusal holds for the document it was said of; a change may have mended it, so the next submit asks anew. */
type Refused = { fields: Refusals; revision: number };

export function useChecks(
  session: TaskSession,
  editor: Editor,
  labels: ReadonlyMap<string, Label>,
  settings: ProjectSettings,
): ChecksView {
  const revision = useEditorPart(editor, (snapshot) => snapshot.revision);
  const [isOpen, setOpen] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  useEffect(
    () => () => {
      setOpen(false);
      setRefused(null);
    },
    [session],
  );
  const problems = useMemo(() => {
    if (!session.isEditable) return [];
    const { state } = editor.document;
    const found = problemsOf(state, labels, settings);
    const said = new Set(found.map((each) => each.field));
    const server = refused?.revision === revision ? problemsFromServer(refused.fields, state) : [];
    return [...found, ...server.filter((each) => !said.has(each.field))];
  }, [session, editor, labels, settings, refused, revision]);

  const show = ({ objectId, labelId, frame }: Problem) => {
    if (objectId !== null) {
      editor.setTool('select');
      editor.select([objectId]);
      if (frame === null) editor.focusOn(objectId);
      else editor.seek(frame);
    } else if (labelId !== null) editor.setLabel(labelId);
  };
  const own = () => problemsOf(editor.document.state, labels, settings);
  return {
    problems,
    isOpen: isOpen && session.isEditable,
    toggle: () => setOpen(!isOpen),
    close: () => setOpen(false),
    stop: () => {
      const [first] = own();
      if (first && !isOpen) setOpen(true);
      if (first) show(first);
      return first !== undefined;
    },
    refuse: (fields) => {
      setRefused({ fields, revision });
      setOpen(true);
    },
    show,
  };
}
