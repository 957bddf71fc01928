/**
 * Label and tool kept in step: a label picked for drawing brings a tool that it allows, a tool picked brings a label
 * that allows it. So what is drawn always gets the label that is lit up.
 */
import { useEffect, useRef } from 'react';

import type { Editor } from '@/canvas/editor';

import { allowsTool, shapeOfTool, toolForLabel } from '../work/tool-shapes';

export function useToolFollowsLabel(editor: Editor, isVideo: boolean): void {
  /** The label last drawn with, by shape: going back to a tool goes back to its label. */
  const lastBy = useRef(new Map<string, string>());
  useEffect(() => {
    let { tool, labelId } = editor.getSnapshot();
    const follow = () => {
      const now = editor.getSnapshot();
      if (now.tool === tool && now.labelId === labelId) return;
      const pickedLabel = now.labelId !== labelId;
      ({ tool, labelId } = now);
      const { labels } = editor.ontology;
      const label = labels.find((each) => each.id === labelId);
      const shape = shapeOfTool(tool);
      if (!label || !shape) return;
      if (allowsTool(label, tool, isVideo)) {
        lastBy.current.set(shape, label.id);
        return;
      }
      if (pickedLabel) {
        const wanted = toolForLabel(label, isVideo);
        if (wanted) editor.setTool(wanted);
        return;
      }
      const fits = labels.filter((each) => allowsTool(each, tool, isVideo));
      const next = fits.find((each) => each.id === lastBy.current.get(shape)) ?? fits[0];
      if (next) editor.setLabel(next.id);
    };
    return editor.subscribe(follow);
  }, [editor, isVideo]);
}
