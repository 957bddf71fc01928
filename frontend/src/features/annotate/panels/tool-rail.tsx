import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconHandStop,
  IconKeyboard,
  IconPointer,
  IconPolygon,
  IconSquare,
  IconTag,
  IconWand,
  type Icon,
} from '@tabler/icons-react';

import type { Editor } from '@/canvas/editor';
import type { ToolName } from '@/canvas/tools/tool';
import { useEditorSnapshot } from '@/hooks/use-editor';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';

type ToolProps = {
  icon: Icon;
  label: string;
  shortcut: string;
  isOn?: boolean;
  isOff?: boolean;
  onClick: () => void;
};

function ToolButton({ icon: Icon, label, shortcut, isOn, isOff, onClick }: ToolProps) {
  return (
    <Tooltip label={`${label} (${shortcut})`} position="right">
      <div className={css.tool}>
        <ActionIcon
          size={34}
          variant={isOn ? 'light' : 'subtle'}
          color={isOn ? 'teal' : 'gray'}
          aria-label={label}
          aria-pressed={isOn}
          aria-keyshortcuts={shortcut}
          disabled={isOff}
          onClick={onClick}
        >
          <Icon size={18} stroke={1.6} />
        </ActionIcon>
        <span className={css.toolKey} aria-hidden>
          {shortcut.length === 1 ? shortcut : ''}
        </span>
      </div>
    </Tooltip>
  );
}

type Props = {
  editor: Editor;
  isEditable: boolean;
  isVideo: boolean;
  hasTags: boolean;
  /** Absent on blind pictures and videos: they are labelled by hand. */
  assist: 'ready' | 'off' | 'absent';
  onTags: () => void;
  onHelp: () => void;
};

const DRAWING: { name: ToolName; icon: Icon; label: string; shortcut: string }[] = [
  { name: 'select', icon: IconPointer, label: words.select, shortcut: 'S' },
  { name: 'box', icon: IconSquare, label: words.box, shortcut: 'B' },
  { name: 'polygon', icon: IconPolygon, label: words.polygon, shortcut: 'P' },
];

export function ToolRail({ editor, isEditable, isVideo, hasTags, assist, onTags, onHelp }: Props) {
  const { tool, canUndo, canRedo, undoName, redoName } = useEditorSnapshot(editor);
  const pick = (name: ToolName) => () => editor.setTool(name);
  const drawing = isVideo ? DRAWING.filter((each) => each.name !== 'polygon') : DRAWING;
  return (
    <nav className={css.tools} aria-label={words.tools}>
      {isEditable && (
        <>
          {drawing.map(({ name, ...rest }) => (
            <ToolButton key={name} {...rest} isOn={tool === name} onClick={pick(name)} />
          ))}
          {assist !== 'absent' && (
            <ToolButton
              icon={IconWand}
              label={assist === 'ready' ? words.smart : words.smartOff}
              shortcut="W"
              isOn={tool === 'smart'}
              onClick={pick('smart')}
            />
          )}
          {hasTags && <ToolButton icon={IconTag} label={words.tag} shortcut="T" onClick={onTags} />}
          <ToolButton
            icon={IconHandStop}
            label={words.pan}
            shortcut="M"
            isOn={tool === 'pan'}
            onClick={pick('pan')}
          />
          <div className={css.divider} />
          <ToolButton
            icon={IconArrowBackUp}
            label={undoName ? `${words.undo}: ${undoName.toLowerCase()}` : words.undo}
            shortcut="Ctrl+Z"
            isOff={!canUndo}
            onClick={() => editor.undo()}
          />
          <ToolButton
            icon={IconArrowForwardUp}
            label={redoName ? `${words.redo}: ${redoName.toLowerCase()}` : words.redo}
            shortcut="Ctrl+Y"
            isOff={!canRedo}
            onClick={() => editor.redo()}
          />
        </>
      )}
      <ToolButton
        icon={IconArrowsMaximize}
        label={words.fit}
        shortcut="Ctrl+0"
        onClick={() => editor.fit()}
      />
      <ToolButton icon={IconKeyboard} label={words.shortcuts} shortcut="?" onClick={onHelp} />
    </nav>
  );
}
