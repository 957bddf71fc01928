import { useSyncExternalStore } from 'react';

import type { Editor } from '@/canvas/editor';
import type { EditorSnapshot } from '@/canvas/snapshot';

/** The editor's small picture of itself; a new one only when something changed. */
export function useEditorSnapshot(editor: Editor): EditorSnapshot {
  return useSyncExternalStore(editor.subscribe, editor.getSnapshot);
}

/** One part of it: long lists are not drawn anew because somebody zooms. `pick` answers the same object for the same part. */
export function useEditorPart<T>(editor: Editor, pick: (snapshot: EditorSnapshot) => T): T {
  return useSyncExternalStore(editor.subscribe, () => pick(editor.getSnapshot()));
}
