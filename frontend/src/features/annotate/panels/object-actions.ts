/** What buttons of the object list do to objects, selected or not. */
import { removeRegions } from '@/canvas/document/commands';
import { setOccluded } from '@/canvas/document/group-commands';
import { batch } from '@/canvas/document/patches';
import { removeTracks } from '@/canvas/document/track-commands';
import type { Editor } from '@/canvas/editor';

/** Leaves locked ones alone. Returns whether any was deleted. */
export function deleteObjects(editor: Editor, ids: readonly string[]): boolean {
  return editor.run(
    batch(editor.document.state, 'Delete', [
      (state) => removeRegions(state, ids),
      (state) => removeTracks(state, ids),
    ]),
  );
}

/** Regions as a whole; tracks at the frame that is shown. */
export function markOccluded(editor: Editor, ids: readonly string[], occluded: boolean): void {
  const { tracks } = editor.document.state;
  if (!ids.some((id) => tracks.has(id))) {
    editor.run(setOccluded(editor.document.state, ids, occluded));
    return;
  }
  const before = editor.getSnapshot().selection;
  editor.select(ids);
  editor.toggleOccluded();
  editor.select(before);
}
