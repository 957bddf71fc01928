import { UnstyledButton } from '@mantine/core';
import { IconCheck, IconPencil, IconX } from '@tabler/icons-react';
import { memo, useEffect, useRef } from 'react';

import type { Suggestion } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import { SHAPE_MARKS } from '@/components/shape-marks';
import { score } from '@/lib/numbers';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { keyHint } from '../work/keys';
import own from './panels.module.css';
import { RowAction } from './row-action';
import { suggestionWords as words } from './strings';

type RowProps = { row: Suggestion; editor: Editor; label: Label | undefined; name: string };

function RowText({ row, label, name }: Omit<RowProps, 'editor'>) {
  const { icon: Mark, name: shape } = SHAPE_MARKS[row.shape?.type ?? 'tag'];
  return (
    <>
      <span
        className={css.dot}
        style={{ background: label?.color ?? '#888' }}
        data-round={!row.shape || undefined}
      />
      <span className={css.rowText}>{name}</span>
      <Mark size={13} stroke={1.6} className={own.quiet} aria-label={shape} />
      <span className={css.score}>{score(row.score)}</span>
    </>
  );
}

type OpenProps = RowProps & { isOn: boolean; takesFocus: boolean; onFocused: () => void };

/** Drawn anew only when something of its own changed. */
export const SuggestionRow = memo(function SuggestionRow(props: OpenProps) {
  const { row, editor, label, name, isOn, takesFocus, onFocused } = props;
  const element = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!takesFocus) return;
    element.current?.focus({ preventScroll: true });
    onFocused();
  }, [takesFocus, onFocused]);
  const hint = (action: Parameters<typeof keyHint>[1]) => keyHint(editor.keymap, action);
  return (
    <div
      className={css.row}
      data-on={isOn || undefined}
      onPointerEnter={() => editor.hover(row.id)}
      onPointerLeave={() => editor.hover(null)}
    >
      <button
        type="button"
        ref={element}
        data-suggestion
        className={`${css.rowName} ${own.plain}`}
        aria-pressed={isOn}
        disabled={!row.shape}
        onClick={() => editor.select([row.id])}
        onDoubleClick={() => editor.focusOn(row.id)}
      >
        <RowText row={row} label={label} name={name} />
      </button>
      <span className={own.decisions}>
        <Decide
          label={`${words.accept}: ${name}`}
          hint={hint('acceptSuggestion')}
          icon={IconCheck}
          onClick={() => editor.accept([row.id])}
        />
        {row.shape && (
          <Decide
            label={`${words.edit}: ${name}`}
            hint={hint('editSuggestion')}
            icon={IconPencil}
            onClick={() => editor.takeOver(row.id)}
          />
        )}
        <Decide
          label={`${words.reject}: ${name}`}
          hint={hint('rejectSuggestion')}
          icon={IconX}
          onClick={() => editor.reject([row.id])}
        />
      </span>
    </div>
  );
});

/** What became of a suggestion; one that lives on as an object leads to it. */
export function DecidedRow({ row, editor, label, name }: RowProps) {
  const { regionId, status } = row;
  const { regions, tracks } = editor.document.state;
  const isThere = regionId !== null && (regions.has(regionId) || tracks.has(regionId));
  return (
    <UnstyledButton
      className={css.row}
      disabled={!isThere}
      onPointerEnter={() => isThere && editor.hover(regionId)}
      onPointerLeave={() => editor.hover(null)}
      onClick={() => isThere && editor.select([regionId])}
      onDoubleClick={() => isThere && editor.focusOn(regionId)}
    >
      <RowText row={row} label={label} name={name} />
      <span style={{ flex: 1 }} />
      <span className={css.score}>{words.became[status]}</span>
    </UnstyledButton>
  );
}

type DecideProps = { label: string; hint: string; icon: typeof IconX; onClick: () => void };

function Decide({ label, hint, icon, onClick }: DecideProps) {
  return (
    <RowAction label={label} title={hint ? `${label} (${hint})` : label} icon={icon} onClick={onClick} />
  );
}
