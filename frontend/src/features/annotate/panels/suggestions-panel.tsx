import { Button, Group, Slider, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useCallback, useMemo, useState, type KeyboardEvent } from 'react';

import { byScore, type Suggestion } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import { VirtualList } from '@/components/virtual-list';
import { useEditorPart } from '@/hooks/use-editor';
import { percent } from '@/lib/numbers';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords } from '../strings';
import { keyHint } from '../work/keys';
import { keepThreshold } from '../work/threshold';
import own from './panels.module.css';
import { suggestionWords as words } from './strings';
import { DecidedRow, SuggestionRow } from './suggestion-row';

const ROW_HEIGHT = 28;

type Props = {
  editor: Editor;
  projectId: string;
  labels: ReadonlyMap<string, Label>;
  /** So many more were proposed than are kept. */
  leftOut: number;
};

/** What the model proposes here; accept, mend or reject, one by one or all above the slider; and what became of each. */
export function SuggestionsPanel({ editor, projectId, labels, leftOut }: Props) {
  const revision = useEditorPart(editor, (snapshot) => snapshot.revision);
  const selection = useEditorPart(editor, (snapshot) => snapshot.selection);
  const threshold = useEditorPart(editor, (snapshot) => snapshot.threshold);
  const counts = useEditorPart(editor, (snapshot) => snapshot.counts);
  const [isLookingBack, setLookingBack] = useState(false);
  const [takesFocus, setTakesFocus] = useState(false);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for document and slider
  const rows = useMemo(() => editor.shownSuggestions(), [editor, revision]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the same
  const decided = useMemo(() => decidedOf(editor), [editor, revision]);
  const { suggestionsOpen: open, suggestionsShown: shown } = counts;

  const focused = useCallback(() => setTakesFocus(false), []);
  const key = (event: KeyboardEvent<HTMLElement>) => {
    if (!(event.target instanceof HTMLElement) || !event.target.closest('[data-suggestion]')) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const walked = rows.filter((row) => row.shape !== null);
    const at = walked.findIndex((row) => row.id === selection[0]);
    const next = step === undefined ? undefined : walked[Math.max(0, at + step)];
    if (event.key === 'Enter' && selection[0]) editor.focusOn(selection[0]);
    else if (next) {
      editor.select([next.id]);
      setTakesFocus(true);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const DecidedChevron = isLookingBack ? IconChevronDown : IconChevronRight;
  return (
    <section
      className={css.section}
      data-grows={open > 0 || isLookingBack || undefined}
      aria-label={words.title}
      onKeyDown={key}
    >
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>{words.title}</h2>
        <span className={css.score} role="status">
          {open > 0 ? words.left(shown, open) : words.allDecided}
        </span>
      </div>
      {open > 0 && (
        <>
          <Group gap={8} px={12} pb={6} wrap="nowrap">
            <Text size="xs" c="dimmed" className={own.threshold}>
              {words.confidence} {percent(threshold)}
            </Text>
            <Slider
              flex={1}
              size="xs"
              min={0}
              max={1}
              step={0.01}
              label={null}
              value={threshold}
              onChange={(value) => editor.setThreshold(value)}
              onChangeEnd={(value) => keepThreshold(projectId, value)}
              thumbLabel={words.confidence}
            />
          </Group>
          <Group gap={6} px={12} pb={6} grow>
            <Button
              size="compact-xs"
              disabled={shown === 0}
              title={`${words.acceptAllAbout} (${keyHint(editor.keymap, 'acceptAll')})`}
              onClick={() => editor.acceptAllShown()}
            >
              {words.acceptAll(shown)}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              disabled={shown === 0}
              title={words.rejectAllAbout}
              onClick={() => editor.reject(rows.map((row) => row.id))}
            >
              {words.rejectAll(shown)}
            </Button>
          </Group>
          {leftOut > 0 && (
            <Text size="xs" c="dimmed" px={12} pb={6}>
              {words.leftOut(leftOut)}
            </Text>
          )}
          {shown === 0 && <p className={css.note}>{words.belowSlider}</p>}
          <VirtualList
            rows={rows}
            rowHeight={ROW_HEIGHT}
            keyOf={(row) => row.id}
            inSight={selection[0]}
            label={words.title}
            className={own.grows}
          >
            {(row) => (
              <SuggestionRow
                row={row}
                editor={editor}
                label={labels.get(row.labelId)}
                name={nameOf(labels, row)}
                isOn={selection.includes(row.id)}
                takesFocus={takesFocus && selection[0] === row.id}
                onFocused={focused}
              />
            )}
          </VirtualList>
        </>
      )}
      {decided.length > 0 && (
        <UnstyledButton
          className={own.decidedHead}
          aria-expanded={isLookingBack}
          onClick={() => setLookingBack(!isLookingBack)}
        >
          <DecidedChevron size={14} stroke={1.6} aria-hidden />
          {words.decided(tally(decided))}
        </UnstyledButton>
      )}
      {isLookingBack && decided.length > 0 && (
        <VirtualList
          rows={decided}
          rowHeight={ROW_HEIGHT}
          keyOf={(row) => row.id}
          label={words.decidedList}
          className={own.grows}
        >
          {(row) => (
            <DecidedRow
              row={row}
              editor={editor}
              label={labels.get(row.labelId)}
              name={nameOf(labels, row)}
            />
          )}
        </VirtualList>
      )}
    </section>
  );
}

const nameOf = (labels: ReadonlyMap<string, Label>, row: Suggestion): string =>
  labels.get(row.labelId)?.name ?? annotateWords.unknownLabel;

function decidedOf(editor: Editor): Suggestion[] {
  return [...editor.document.state.suggestions.values()]
    .filter((each) => each.status !== 'open')
    .sort(byScore);
}

function tally(rows: readonly Suggestion[]): { accepted: number; fixed: number; rejected: number } {
  const of = (status: Suggestion['status']): number => rows.filter((row) => row.status === status).length;
  return { accepted: of('accepted'), fixed: of('fixed'), rejected: of('rejected') };
}
