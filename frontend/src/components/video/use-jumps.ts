import { useState } from 'react';

import { changesOf, coursesOf, keyframesOf } from '@/canvas/document/changes';
import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';

import type { PlayerView } from './player';
import { videoWords as words } from './strings';

/** What is jumped to: a keyframe, or where something changes. */
export type Stop = 'keyframe' | 'change';
export type Jump = (to: Stop, direction: 1 | -1) => void;

const FRAMES_OF = { keyframe: keyframesOf, change: changesOf };

/**
 * Jumps to the next stop of the selected tracks; where none is selected of all that are shown, with the dashed ones if
 * `isWithDashed`: proposals are no part of the labels yet, what is gone is part of what changed. `note` says why the last jump went
 * nowhere, as long as frame and selection are those.
 */
export function useJumps(
  editor: Editor,
  { frame, wish }: PlayerView,
  seek: (frame: number) => void,
  isWithDashed: boolean,
): { jump: Jump; note: string | null } {
  const selection = useEditorPart(editor, (snapshot) => snapshot.selection);
  const [said, setSaid] = useState<{ note: string; frame: number; selection: readonly string[] } | null>(
    null,
  );
  const jump: Jump = (to, direction) => {
    const labelOf = (id: string) => editor.labelOf(id);
    const dashed = isWithDashed ? editor.shownSuggestions() : [];
    const frames = FRAMES_OF[to](coursesOf(editor.document.state, selection, labelOf, dashed));
    // Pressed again while a frame is fetched it goes on from there.
    const from = wish ?? frame;
    const next = direction > 0 ? frames.find((at) => at > from) : frames.findLast((at) => at < from);
    setSaid(
      next === undefined
        ? { note: words.noMore(to, direction, selection.length > 0), frame: from, selection }
        : null,
    );
    if (next !== undefined) seek(next);
  };
  const isOfNow = said?.frame === frame && said.selection === selection;
  return { jump, note: isOfNow ? said.note : null };
}
