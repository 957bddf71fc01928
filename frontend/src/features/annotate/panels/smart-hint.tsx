import type { Editor } from '@/canvas/editor';
import { useEditorSnapshot } from '@/hooks/use-editor';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';

/** One line over the picture while the smart tool is at work. */
export function SmartHint({ editor }: { editor: Editor }) {
  const { tool, smart } = useEditorSnapshot(editor);
  if (tool !== 'smart') return null;
  const text = {
    unavailable: words.smartOff,
    idle: words.smart,
    waiting: words.assistBusy,
    preview: words.assistPreview,
    empty: words.assistEmpty,
    failed: smart.message ?? words.smartOff,
  }[smart.state];
  return (
    <div className={css.hint} role="status">
      {text}
    </div>
  );
}
