import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  IconBrush,
  IconCube,
  IconDots,
  IconEraser,
  IconGrain,
  IconHandStop,
  IconKeyboard,
  IconOvalVertical,
  IconPointer,
  IconPolygon,
  IconRulerMeasure,
  IconScissors,
  IconSquare,
  IconStretching,
  IconTag,
  IconTimeline,
  IconWand,
  type Icon,
} from '@tabler/icons-react';

import type { Editor } from '@/canvas/editor';
import type { ToolName } from '@/canvas/tools/tool';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { keyHint } from '../work/keys';
import { actionOf, railGroups, type RailTool } from '../work/tool-groups';
import { toolWords as words } from './strings';

const ICONS: Record<RailTool, Icon> = {
  select: IconPointer,
  pan: IconHandStop,
  smart: IconWand,
  box: IconSquare,
  polygon: IconPolygon,
  brush: IconBrush,
  eraser: IconEraser,
  polyline: IconTimeline,
  points: IconGrain,
  ellipse: IconOvalVertical,
  cuboid: IconCube,
  skeleton: IconStretching,
  cut: IconScissors,
  measure: IconRulerMeasure,
};

type ButtonProps = {
  icon: Icon;
  label: string;
  hint: string;
  isOn?: boolean;
  onClick: () => void;
};

function ToolButton({ icon: Mark, label, hint, isOn, onClick }: ButtonProps) {
  return (
    <Tooltip label={hint ? `${label} (${hint})` : label} position="right">
      <div className={css.tool}>
        <ActionIcon
          size={34}
          variant={isOn ? 'light' : 'subtle'}
          color={isOn ? 'teal' : 'gray'}
          aria-label={label}
          aria-pressed={isOn}
          onClick={onClick}
        >
          <Mark size={18} stroke={1.6} />
        </ActionIcon>
        <span className={css.toolKey} aria-hidden data-key-hint>
          {hint.length === 1 ? hint : ''}
        </span>
      </div>
    </Tooltip>
  );
}

type Props = {
  editor: Editor;
  labels: readonly Label[];
  isEditable: boolean;
  isVideo: boolean;
  hasTags: boolean;
  /** Absent on blind pictures and videos: they are labelled by hand. */
  assist: 'ready' | 'off' | 'absent';
  tagsHint: string;
  helpHint: string;
  onTags: () => void;
  onHelp: () => void;
};

export function ToolRail({ editor, labels, isEditable, isVideo, hasTags, assist, ...rest }: Props) {
  const tool: string = useEditorPart(editor, (snapshot) => snapshot.tool);
  // Changed keys show with the next move of the pointer.
  const keymap = useEditorPart(editor, () => editor.keymap);
  const actions = new Set<string>(keymap.bindings.map((binding) => binding.action));
  const groups = railGroups(labels, {
    isVideo,
    hasAssist: assist !== 'absent',
    has: (each) => actions.has(actionOf(each)),
  });
  const hintOf = (each: RailTool) => keyHint(keymap, actionOf(each));
  const pick = (each: RailTool) => editor.setTool(each as ToolName);
  const button = (each: RailTool) => (
    <ToolButton
      key={each}
      icon={ICONS[each]}
      label={each === 'smart' && assist === 'off' ? words.smartOff : words.tools[each]}
      hint={hintOf(each)}
      isOn={tool === each}
      onClick={() => pick(each)}
    />
  );
  const further = groups.more.find((each) => each === tool);
  return (
    <nav className={css.tools} aria-label={words.title}>
      {isEditable && (
        <>
          {groups.basic.map(button)}
          <div className={css.divider} />
          {groups.drawing.map(button)}
          {hasTags && (
            <ToolButton icon={IconTag} label={words.tags} hint={rest.tagsHint} onClick={rest.onTags} />
          )}
          <div className={css.divider} />
          {groups.more.length === 1 && groups.more.map(button)}
          {groups.more.length > 1 && (
            <Menu position="right-start" shadow="md">
              <Menu.Target>
                <ActionIcon
                  size={34}
                  variant={further ? 'light' : 'subtle'}
                  color={further ? 'teal' : 'gray'}
                  aria-label={further ? `${words.more}: ${words.tools[further]}` : words.more}
                  title={words.more}
                >
                  {further ? <MoreMark tool={further} /> : <IconDots size={18} stroke={1.6} />}
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {groups.more.map((each) => (
                  <Menu.Item
                    key={each}
                    leftSection={<MoreMark tool={each} />}
                    rightSection={
                      <span className={css.key} data-key-hint>
                        {hintOf(each)}
                      </span>
                    }
                    onClick={() => pick(each)}
                  >
                    {words.tools[each]}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </>
      )}
      <span className={css.spacer} />
      <ToolButton icon={IconKeyboard} label={words.shortcuts} hint={rest.helpHint} onClick={rest.onHelp} />
    </nav>
  );
}

function MoreMark({ tool }: { tool: RailTool }) {
  const Mark = ICONS[tool];
  return <Mark size={18} stroke={1.6} aria-hidden />;
}
