import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconAlertCircle,
  IconEye,
  IconEyeOff,
  IconLock,
  IconLockOpen,
  IconMovie,
  IconPolygon,
  IconSparkles,
  IconSquare,
  IconTrash,
} from '@tabler/icons-react';
import { useMemo } from 'react';

import type { Region, Track } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import { VirtualList } from '@/components/virtual-list';
import { useEditorSnapshot } from '@/hooks/use-editor';
import { count } from '@/lib/numbers';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';
import { missingOf } from '../work/attributes';

const ROW_HEIGHT = 28;

type Row = { item: Region | Track; number: number; missing: string[] };

type Props = {
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  isEditable: boolean;
  isVideo: boolean;
};

/** Newest on top, numbered per label in the order they were drawn. */
function rowsOf(editor: Editor, labels: ReadonlyMap<string, Label>): Row[] {
  const { regions, tracks } = editor.document.data();
  const seen = new Map<string, number>();
  return [...regions, ...tracks]
    .map((item) => {
      const number = (seen.get(item.labelId) ?? 0) + 1;
      seen.set(item.labelId, number);
      const missing = missingOf(labels.get(item.labelId), item.attributes).map((each) => each.name);
      return { item, number, missing };
    })
    .reverse();
}

export function ObjectsPanel({ editor, labels, isEditable, isVideo }: Props) {
  const { revision, selection } = useEditorSnapshot(editor);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
  const rows = useMemo(() => rowsOf(editor, labels), [editor, labels, revision]);
  const tags = [...editor.document.state.tags.values()];
  return (
    <section className={css.section} data-grows aria-label={words.objects}>
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>{words.objects}</h2>
        <span className={css.score}>{count(rows.length)}</span>
      </div>
      {tags.length > 0 && (
        <p className={css.note} style={{ paddingBottom: 4 }}>
          {words.tags}: {tags.map((tag) => labels.get(tag.labelId)?.name ?? words.unknownLabel).join(', ')}
        </p>
      )}
      {rows.length === 0 && isEditable && (
        <p className={css.note}>
          {isVideo ? words.noObjectsVideo : words.noObjects} {words.emptyIsFine}
        </p>
      )}
      {rows.length > 0 && (
        <VirtualList
          rows={rows}
          rowHeight={ROW_HEIGHT}
          keyOf={(row) => row.item.id}
          inSight={selection[0]}
          label={words.objects}
        >
          {(row) => (
            <ObjectRow
              row={row}
              editor={editor}
              label={labels.get(row.item.labelId)}
              isOn={selection.includes(row.item.id)}
              isEditable={isEditable}
            />
          )}
        </VirtualList>
      )}
    </section>
  );
}

type RowProps = { row: Row; editor: Editor; label: Label | undefined; isOn: boolean; isEditable: boolean };

function ObjectRow({ row: { item, number, missing }, editor, label, isOn, isEditable }: RowProps) {
  const Icon = 'keyframes' in item ? IconMovie : item.shape.type === 'box' ? IconSquare : IconPolygon;
  const isAsSuggested = item.source === 'model';
  return (
    <div
      className={css.row}
      data-on={isOn || undefined}
      data-hidden={item.hidden || undefined}
      data-locked={item.locked || undefined}
      onPointerEnter={() => editor.hover(item.id)}
      onPointerLeave={() => editor.hover(null)}
    >
      <UnstyledButton
        className={css.rowName}
        aria-pressed={isOn}
        title={words.goTo}
        onClick={(event) => {
          const { selection } = editor.getSnapshot();
          if (event.shiftKey || event.ctrlKey) {
            editor.select(isOn ? selection.filter((id) => id !== item.id) : [...selection, item.id]);
          } else editor.select([item.id]);
        }}
        onDoubleClick={() => editor.focusOn(item.id)}
      >
        <span className={css.dot} style={{ background: label?.color ?? '#888' }} />
        <span className={css.rowText}>
          {label?.name ?? words.unknownLabel} {number}
        </span>
        <Icon size={13} stroke={1.6} opacity={0.6} aria-hidden />
        {isAsSuggested && <IconSparkles size={13} stroke={1.6} opacity={0.6} aria-label={words.fromModel} />}
        {missing.length > 0 && (
          <Tooltip label={words.missing(missing)}>
            <IconAlertCircle
              size={15}
              stroke={1.8}
              color="light-dark(#8a4b00, #f0b35a)"
              aria-label={words.missing(missing)}
            />
          </Tooltip>
        )}
      </UnstyledButton>
      <span className={css.rowActions}>
        <SmallAction
          label={item.hidden ? words.show : words.hide}
          icon={item.hidden ? IconEyeOff : IconEye}
          onClick={() => editor.setFlagsOf([item.id], { hidden: !item.hidden })}
        />
        {isEditable && (
          <>
            <SmallAction
              label={item.locked ? words.unlock : words.lock}
              icon={item.locked ? IconLock : IconLockOpen}
              onClick={() => editor.setFlagsOf([item.id], { locked: !item.locked })}
            />
            <SmallAction
              label={words.remove}
              icon={IconTrash}
              isOff={item.locked}
              onClick={() => {
                editor.select([item.id]);
                editor.deleteSelection();
              }}
            />
          </>
        )}
      </span>
    </div>
  );
}

type SmallProps = { label: string; icon: typeof IconEye; onClick: () => void; isOff?: boolean };

function SmallAction({ label, icon: Icon, onClick, isOff }: SmallProps) {
  return (
    <ActionIcon size={22} aria-label={label} title={label} onClick={onClick} disabled={isOff}>
      <Icon size={14} stroke={1.6} />
    </ActionIcon>
  );
}
