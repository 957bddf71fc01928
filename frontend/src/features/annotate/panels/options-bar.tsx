import { ActionIcon, Divider, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useEffect } from 'react';

import type { Editor } from '@/canvas/editor';
import { DEFAULT_OPTIONS } from '@/canvas/tools/options';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import { keepOptions, keptOptions } from '../work/kept-tools';
import { keyHint } from '../work/keys';
import own from './panels.module.css';
import { SelectionOptions } from './selection-options';
import { toolWords as words } from './strings';
import { ToolOptionsView } from './tool-options';
import { ViewMenu } from './view-menu';
import { ZoomMenu } from './zoom-menu';

type Props = { editor: Editor; labels: readonly Label[]; isEditable: boolean; isVideo: boolean };

/** One slim line over the picture: undo, what the tool in hand or the selection can do, zoom and view. */
export function OptionsBar({ editor, labels, isEditable, isVideo }: Props) {
  const tool: string = useEditorPart(editor, (snapshot) => snapshot.tool);
  const options = useEditorPart(editor, (snapshot) => snapshot.options);
  const hasSelection = useEditorPart(editor, (snapshot) => snapshot.selection.length > 0);
  const notice = useEditorPart(editor, (snapshot) => snapshot.notice);

  useEffect(() => editor.setOptions(keptOptions(DEFAULT_OPTIONS)), [editor]);
  useEffect(() => keepOptions(options), [options]);

  return (
    <div className={own.options} role="toolbar" aria-label={words.options}>
      {isEditable && (
        <>
          <Steps editor={editor} />
          <Divider orientation="vertical" className={own.optionsDivider} />
          <div className={own.optionsMiddle}>
            {notice ? (
              <span key={notice.id} className={own.notice} role="status">
                {notice.text}
              </span>
            ) : tool === 'select' && hasSelection ? (
              <SelectionOptions editor={editor} labels={labels} isVideo={isVideo} />
            ) : (
              <ToolOptionsView editor={editor} tool={tool} options={options} />
            )}
          </div>
        </>
      )}
      {!isEditable && <span className={own.optionsMiddle} />}
      <ZoomMenu editor={editor} />
      <ViewMenu editor={editor} />
    </div>
  );
}

function Steps({ editor }: { editor: Editor }) {
  const undoName = useEditorPart(editor, (snapshot) => snapshot.undoName);
  const redoName = useEditorPart(editor, (snapshot) => snapshot.redoName);
  const canUndo = useEditorPart(editor, (snapshot) => snapshot.canUndo);
  const canRedo = useEditorPart(editor, (snapshot) => snapshot.canRedo);
  const undo = undoName ? words.undoOf(undoName) : words.undo;
  const redo = redoName ? words.redoOf(redoName) : words.redo;
  return (
    <>
      <Tooltip label={`${undo} (${keyHint(editor.keymap, 'undo')})`}>
        <ActionIcon
          size={28}
          className={own.flat}
          aria-label={undo}
          data-disabled={!canUndo || undefined}
          aria-disabled={!canUndo}
          onClick={() => editor.undo()}
        >
          <IconArrowBackUp size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${redo} (${keyHint(editor.keymap, 'redo')})`}>
        <ActionIcon
          size={28}
          className={own.flat}
          aria-label={redo}
          data-disabled={!canRedo || undefined}
          aria-disabled={!canRedo}
          onClick={() => editor.redo()}
        >
          <IconArrowForwardUp size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
