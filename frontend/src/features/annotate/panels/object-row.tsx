import {
  IconAlertCircle,
  IconEye,
  IconEyeOff,
  IconLink,
  IconLock,
  IconLockOpen,
  IconSparkles,
  IconSquareHalf,
  IconTrash,
} from '@tabler/icons-react';
import { memo, useEffect, useRef, type MouseEvent } from 'react';

import { shapeOfTrack } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { SHAPE_MARKS } from '@/components/shape-marks';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords } from '../strings';
import { isOccluded, isTrack, type ObjectRow } from '../work/object-rows';
import { deleteObjects, markOccluded } from './object-actions';
import own from './panels.module.css';
import { RowAction } from './row-action';
import { objectWords as words } from './strings';

type Props = {
  row: ObjectRow;
  editor: Editor;
  label: Label | undefined;
  isOn: boolean;
  isEditable: boolean;
  /** Tab comes into the list at this row. */
  isEntry: boolean;
  takesFocus: boolean;
  onFocused: () => void;
  onClick: (id: string, event: MouseEvent) => void;
};

/** Drawn anew only when something of its own changed: there may be thousands, and a click must answer at once. */
export const ObjectRowView = memo(function ObjectRowView({
  row,
  editor,
  label,
  isOn,
  isEditable,
  isEntry,
  takesFocus,
  onFocused,
  onClick,
}: Props) {
  const { item, name, number, missing, group } = row;
  const element = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!takesFocus) return;
    element.current?.focus({ preventScroll: true });
    onFocused();
  }, [takesFocus, onFocused]);
  const Mark = SHAPE_MARKS[isTrack(item) ? shapeOfTrack(item) : item.shape.type].icon;
  const covered = isOccluded(item);
  const said = `${name} ${number}`;
  const tabIndex = isEntry ? 0 : -1;
  return (
    <div
      className={css.row}
      data-on={isOn || undefined}
      data-hidden={item.hidden || undefined}
      onPointerEnter={() => editor.hover(item.id)}
      onPointerLeave={() => editor.hover(null)}
    >
      <button
        type="button"
        ref={element}
        data-object
        tabIndex={tabIndex}
        className={`${css.rowName} ${own.plain}`}
        aria-pressed={isOn}
        title={words.goTo}
        onClick={(event) => onClick(item.id, event)}
        onDoubleClick={() => editor.focusOn(item.id)}
      >
        <span className={css.dot} style={{ background: label?.color ?? '#888' }} />
        <span className={css.rowText}>{said}</span>
        <Mark
          size={13}
          stroke={1.6}
          className={own.quiet}
          aria-label={SHAPE_MARKS[isTrack(item) ? shapeOfTrack(item) : item.shape.type].name}
        />
        {item.source === 'model' && (
          <IconSparkles size={13} stroke={1.6} className={own.quiet} aria-label={annotateWords.fromModel} />
        )}
        {missing.length > 0 && (
          <span title={annotateWords.missing([...missing])} className={own.needed}>
            <IconAlertCircle size={15} stroke={1.8} aria-label={annotateWords.missing([...missing])} />
          </span>
        )}
      </button>
      {group > 0 && !isTrack(item) && (
        <button
          type="button"
          className={`${own.group} ${own.plain}`}
          tabIndex={tabIndex}
          aria-label={words.selectGroup(group)}
          title={words.selectGroup(group)}
          onClick={() => editor.select(editor.groupOf(item.id))}
        >
          <IconLink size={12} stroke={1.8} aria-hidden />
          {group}
        </button>
      )}
      <span className={own.actions}>
        {isEditable && (
          <RowAction
            label={words.covered(said, covered)}
            icon={IconSquareHalf}
            isActive={covered}
            tabIndex={tabIndex}
            onClick={() => markOccluded(editor, [item.id], !covered)}
          />
        )}
        {isEditable && (
          <RowAction
            label={`${item.locked ? annotateWords.unlock : annotateWords.lock}: ${said}`}
            icon={item.locked ? IconLock : IconLockOpen}
            isActive={item.locked}
            tabIndex={tabIndex}
            onClick={() => editor.setFlagsOf([item.id], { locked: !item.locked })}
          />
        )}
        <RowAction
          label={`${item.hidden ? annotateWords.show : annotateWords.hide}: ${said}`}
          icon={item.hidden ? IconEyeOff : IconEye}
          isActive={item.hidden}
          tabIndex={tabIndex}
          onClick={() => editor.setFlagsOf([item.id], { hidden: !item.hidden })}
        />
        {isEditable && (
          <RowAction
            label={`${annotateWords.remove}: ${said}`}
            icon={IconTrash}
            isOff={item.locked}
            tabIndex={tabIndex}
            onClick={() => deleteObjects(editor, [item.id])}
          />
        )}
      </span>
    </div>
  );
});
