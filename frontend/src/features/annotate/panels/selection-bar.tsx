import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconEye,
  IconEyeOff,
  IconLink,
  IconLinkOff,
  IconLock,
  IconLockOpen,
  IconSquareHalf,
  IconTrash,
} from '@tabler/icons-react';

import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';

import { keyHint } from '../work/keys';
import { isOccluded, isTrack, type Thing } from '../work/object-rows';
import { deleteObjects, markOccluded } from './object-actions';
import own from './panels.module.css';
import { objectWords as words } from './strings';

type Props = { editor: Editor; isEditable: boolean; isVideo: boolean };

/** What can be done to all selected objects, at the foot of the list so that no row moves. */
export function SelectionBar({ editor, isEditable, isVideo }: Props) {
  const selection = useEditorPart(editor, (snapshot) => snapshot.selection);
  useEditorPart(editor, (snapshot) => snapshot.revision);
  const { regions, tracks } = editor.document.state;
  const things: Thing[] = selection.flatMap((id) => regions.get(id) ?? tracks.get(id) ?? []);
  if (things.length < 2) return null;
  const ids = things.map((thing) => thing.id);
  const allHidden = things.every((thing) => thing.hidden);
  const allLocked = things.every((thing) => thing.locked);
  const allCovered = things.every(isOccluded);
  const groups = new Set(things.map((thing) => (isTrack(thing) ? null : thing.groupId)));
  const isGroup = groups.size === 1 && !groups.has(null);
  const hint = (action: Parameters<typeof keyHint>[1]) => keyHint(editor.keymap, action);
  return (
    <div className={own.bar} role="toolbar" aria-label={words.selected(things.length)}>
      <span className={own.barCount}>{words.selected(things.length)}</span>
      {isEditable && !isVideo && (
        <BarAction
          label={isGroup ? words.ungroup : words.group}
          hint={hint(isGroup ? 'ungroup' : 'group')}
          icon={isGroup ? IconLinkOff : IconLink}
          onClick={() => (isGroup ? editor.ungroupSelection() : editor.groupSelection())}
        />
      )}
      {isEditable && (
        <>
          <BarAction
            label={allCovered ? words.uncoverAll : words.coverAll}
            hint={hint('occluded')}
            icon={IconSquareHalf}
            onClick={() => markOccluded(editor, ids, !allCovered)}
          />
          <BarAction
            label={allLocked ? words.unlockAll : words.lockAll}
            hint={hint('lock')}
            icon={allLocked ? IconLockOpen : IconLock}
            onClick={() => editor.setFlagsOf(ids, { locked: !allLocked })}
          />
        </>
      )}
      <BarAction
        label={allHidden ? words.showAll : words.hideAll}
        hint={hint('hide')}
        icon={allHidden ? IconEye : IconEyeOff}
        onClick={() => editor.setFlagsOf(ids, { hidden: !allHidden })}
      />
      {isEditable && (
        <BarAction
          label={words.deleteAll}
          hint={hint('delete')}
          icon={IconTrash}
          isOff={allLocked}
          onClick={() => deleteObjects(editor, ids)}
        />
      )}
    </div>
  );
}

type ActionProps = {
  label: string;
  hint: string;
  icon: typeof IconEye;
  onClick: () => void;
  isOff?: boolean;
};

function BarAction({ label, hint, icon: Icon, onClick, isOff }: ActionProps) {
  return (
    <Tooltip label={hint ? `${label} (${hint})` : label}>
      <ActionIcon size={26} aria-label={label} disabled={isOff} onClick={onClick}>
        <Icon size={15} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
