import { useEffect, useRef } from 'react';

import type { Editor } from '@/canvas/editor';

type Props = {
  editor: Editor;
  label: string;
  /** `none`: keys do nothing, for pictures that are only looked at. */
  keys?: 'window' | 'none';
  className?: string;
};

/** The place where an editor draws. React does nothing more with it. */
export function CanvasHost({ editor, label, keys = 'window', className }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current) return editor.attach(host.current, { keys });
  }, [editor, keys]);
  return <div ref={host} className={className} role="application" aria-label={label} />;
}
