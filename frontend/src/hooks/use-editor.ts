import { useSyncExternalStore } from 'react';

import type { Editor } from '@/canvas/editor';
import type { EditorSnapshot } from '@/canvas/snapshot';

/** The editor's small picture of itself; a new one only when something changed. */
export function useEditorSnapshot(editor: Editor): EditorSnapshot {
  return useSyncExternalStore(editor.subscribe, editor.getSnapshot);
}
