/** What autosave sends: one operation per changed row, each with an id of its own so that replay is harmless. */

import { newId } from './ids';
import type { Region, Suggestion, Tag, Track } from './model';
import type { Patch } from './patches';

/**
 * `put`/`delete` carry a region (the last known one for a delete); tags and tracks likewise.
 * `decide` says what became of a suggestion (`status: 'open'` after an undo).
 */
export type DraftOp =
  | { readonly op_id: string; readonly op: 'put' | 'delete'; readonly region: Region }
  | { readonly op_id: string; readonly op: 'put_tag' | 'delete_tag'; readonly tag: Tag }
  | { readonly op_id: string; readonly op: 'put_track' | 'delete_track'; readonly track: Track }
  | { readonly op_id: string; readonly op: 'decide'; readonly suggestion: Suggestion };

function opOf(patch: Patch): DraftOp | null {
  const op_id = newId();
  switch (patch.table) {
    case 'regions': {
      const region = patch.after ?? patch.before;
      return region && { op_id, op: patch.after ? 'put' : 'delete', region };
    }
    case 'tags': {
      const tag = patch.after ?? patch.before;
      return tag && { op_id, op: patch.after ? 'put_tag' : 'delete_tag', tag };
    }
    case 'tracks': {
      const track = patch.after ?? patch.before;
      return track && { op_id, op: patch.after ? 'put_track' : 'delete_track', track };
    }
    case 'suggestions':
      return patch.after && { op_id, op: 'decide', suggestion: patch.after };
  }
}

/** One operation per row, the last state of each row only, in the order of first change. */
export function opsOf(patches: readonly Patch[]): DraftOp[] {
  const last = new Map<string, Patch>();
  for (const patch of patches) last.set(`${patch.table}/${patch.id}`, patch);
  return [...last.values()].map(opOf).filter((op) => op !== null);
}
