import { ActionIcon, Kbd, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';

import type { Editor } from '@/canvas/editor';
import { SHAPE_MARKS } from '@/components/shape-marks';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import own from './panels.module.css';
import { labelWords as words } from './strings';
import { shortcutOf } from '../work/label-keys';
import { isTagOnly, unfitFor } from '../work/tool-shapes';

/** From here on the search is always in sight; below, a key or the glass opens it. */
const SEARCH_FROM = 9;
const MARKS_SHOWN = 3;

type Props = {
  editor: Editor;
  labels: readonly Label[];
  isEditable: boolean;
  isVideo: boolean;
  /** The search has the focus, or is to have it. */
  isFinding: boolean;
  onFinding: (isFinding: boolean) => void;
};

type Row = { label: Label; shortcut: string };

export function LabelsPanel({ editor, labels, isEditable, isVideo, isFinding, onFinding }: Props) {
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const labelId = useEditorPart(editor, (snapshot) => snapshot.labelId);
  const tool = useEditorPart(editor, (snapshot) => snapshot.tool);
  const tags = useEditorPart(editor, (snapshot) => snapshot.revision);
  const tagged = useMemo(
    () => new Set([...editor.document.state.tags.values()].map((tag) => tag.labelId)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `tags` stands for the document
    [editor, tags],
  );
  const wanted = search.trim().toLowerCase();
  const rows: Row[] = labels
    .map((label, index) => ({ label, shortcut: shortcutOf(labels, index) }))
    .filter(({ label }) => label.name.toLowerCase().includes(wanted));
  const isOpen = labels.length >= SEARCH_FROM || isFinding || wanted !== '';

  useEffect(() => {
    if (isFinding) field.current?.focus();
  }, [isFinding]);

  const close = () => {
    setSearch('');
    setAt(0);
    onFinding(false);
    field.current?.blur();
  };
  const pick = (label: Label) => {
    editor.pickLabel(label.id);
    if (wanted !== '' || isFinding) close();
  };
  const key = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = rows[at];
    if (move) setAt((at + move + rows.length) % Math.max(1, rows.length));
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && row && isEditable) pick(row.label);
    else return;
    event.preventDefault();
  };

  return (
    <section className={css.section} aria-label={words.title}>
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>{words.title}</h2>
        <span className={css.spacer} />
        {!isOpen && isEditable && (
          <Tooltip label={`${words.find} (/)`}>
            <ActionIcon
              size={24}
              aria-label={words.find}
              aria-keyshortcuts="/"
              onClick={() => onFinding(true)}
            >
              <IconSearch size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {isOpen && (
        <TextInput
          ref={field}
          size="xs"
          mx={12}
          mb={4}
          leftSection={<IconSearch size={14} stroke={1.6} />}
          rightSection={search === '' && !isFinding && <Kbd size="xs">/</Kbd>}
          placeholder={words.find}
          aria-label={words.find}
          value={search}
          onFocus={() => onFinding(true)}
          onBlur={() => onFinding(false)}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={key}
        />
      )}
      <div className={`${css.labels} ${own.labels}`}>
        {rows.map((row, index) => (
          <LabelRow
            key={row.label.id}
            row={row}
            isOn={isTagOnly(row.label) ? tagged.has(row.label.id) : row.label.id === labelId}
            isNext={isFinding && index === at}
            isEditable={isEditable}
            unfit={unfitFor(row.label, tool, isVideo)}
            onPick={() => pick(row.label)}
          />
        ))}
        {rows.length === 0 && (
          <p className={css.note}>{labels.length === 0 ? words.none : words.noneFound}</p>
        )}
      </div>
    </section>
  );
}

type RowProps = {
  row: Row;
  isOn: boolean;
  /** What Enter in the search would pick. */
  isNext: boolean;
  isEditable: boolean;
  /** The shape of the tool in hand that this label does not allow. */
  unfit: Label['shapes'][number] | null;
  onPick: () => void;
};

function LabelRow({ row: { label, shortcut }, isOn, isNext, isEditable, unfit, onPick }: RowProps) {
  const isTag = isTagOnly(label);
  const shapes = label.shapes.map((shape) => SHAPE_MARKS[shape].name);
  const about = isTag
    ? words.tagAbout
    : unfit
      ? words.unfit(label.name, SHAPE_MARKS[unfit].name, shapes)
      : words.allows(shapes);
  const marks = label.shapes.slice(0, MARKS_SHOWN);
  const element = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isNext) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isNext]);
  return (
    <UnstyledButton
      ref={element}
      className={css.row}
      data-on={(isEditable && isOn) || undefined}
      data-lit={isNext || undefined}
      data-unfit={(isEditable && unfit && !isTag) || undefined}
      aria-pressed={isOn}
      aria-description={about}
      title={about}
      disabled={!isEditable}
      onClick={onPick}
    >
      <span className={css.dot} style={{ background: label.color }} data-round={isTag || undefined} />
      <span className={`${css.rowText} ${own.labelName}`}>{label.name}</span>
      <span style={{ flex: 1 }} />
      {isTag && isOn && <IconCheck size={14} stroke={2} aria-hidden />}
      <span className={own.marks}>
        {marks.map((shape) => {
          const Mark = SHAPE_MARKS[shape].icon;
          return <Mark key={shape} size={13} stroke={1.6} aria-hidden />;
        })}
        {label.shapes.length > MARKS_SHOWN && <span aria-hidden>+{label.shapes.length - MARKS_SHOWN}</span>}
      </span>
      {isEditable && (
        <span className={own.labelKey}>{shortcut && <Kbd size="xs">{shortcut.toUpperCase()}</Kbd>}</span>
      )}
    </UnstyledButton>
  );
}
