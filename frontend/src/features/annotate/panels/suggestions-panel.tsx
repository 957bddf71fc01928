import { ActionIcon, Button, Group, Slider, Text, UnstyledButton } from '@mantine/core';
import { IconCheck, IconPencil, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';

import type { Suggestion } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import { VirtualList } from '@/components/virtual-list';
import { useEditorSnapshot } from '@/hooks/use-editor';
import { percent, score } from '@/lib/numbers';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';
import { keepThreshold } from '../work/threshold';

const ROW_HEIGHT = 28;

type Props = { editor: Editor; projectId: string; labels: ReadonlyMap<string, Label> };

/** What the model proposes here; accept, mend or reject, one by one or all above the slider. */
export function SuggestionsPanel({ editor, projectId, labels }: Props) {
  const { revision, selection, threshold, counts } = useEditorSnapshot(editor);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for document and slider
  const rows = useMemo(() => editor.shownSuggestions(), [editor, revision]);
  const { suggestionsOpen: open, suggestionsShown: shown } = counts;
  return (
    <section className={css.section} data-grows={open > 0 || undefined} aria-label={words.suggestions}>
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>{words.suggestions}</h2>
        <span className={css.score}>{open > 0 && words.suggestionsLeft(shown, open)}</span>
      </div>
      {open === 0 ? (
        <p className={css.note}>{words.allDecided}</p>
      ) : (
        <>
          <Group gap={8} px={12} pb={6} wrap="nowrap">
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
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
              onClick={() => editor.acceptAllShown()}
              aria-keyshortcuts="Shift+A"
            >
              {words.acceptAll(shown)}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              disabled={shown === 0}
              onClick={() => editor.reject(rows.map((row) => row.id))}
            >
              {words.rejectAll(shown)}
            </Button>
          </Group>
          {shown === 0 && <p className={css.note}>{words.belowSlider}</p>}
          <VirtualList
            rows={rows}
            rowHeight={ROW_HEIGHT}
            keyOf={(row) => row.id}
            inSight={selection[0]}
            label={words.suggestions}
          >
            {(row) => (
              <SuggestionRow
                row={row}
                editor={editor}
                label={labels.get(row.labelId)}
                isOn={selection.includes(row.id)}
              />
            )}
          </VirtualList>
        </>
      )}
    </section>
  );
}

type RowProps = { row: Suggestion; editor: Editor; label: Label | undefined; isOn: boolean };

function SuggestionRow({ row, editor, label, isOn }: RowProps) {
  const name = label?.name ?? words.unknownLabel;
  return (
    <div
      className={css.row}
      data-on={isOn || undefined}
      onPointerEnter={() => editor.hover(row.id)}
      onPointerLeave={() => editor.hover(null)}
    >
      <UnstyledButton
        className={css.rowName}
        aria-pressed={isOn}
        disabled={!row.shape}
        onClick={() => editor.select([row.id])}
        onDoubleClick={() => editor.focusOn(row.id)}
      >
        <span
          className={css.dot}
          style={{ background: label?.color ?? '#888' }}
          data-round={!row.shape || undefined}
        />
        <span className={css.rowText}>{name}</span>
        <span className={css.score}>
          {score(row.score)} {!row.shape && words.tagSuggestion}
        </span>
      </UnstyledButton>
      <span className={css.rowActions}>
        <Decide label={`${words.accept}: ${name}`} icon={IconCheck} onClick={() => editor.accept([row.id])} />
        {row.shape && (
          <Decide
            label={`${words.edit}: ${name}`}
            icon={IconPencil}
            onClick={() => editor.takeOver(row.id)}
          />
        )}
        <Decide label={`${words.reject}: ${name}`} icon={IconX} onClick={() => editor.reject([row.id])} />
      </span>
    </div>
  );
}

type DecideProps = { label: string; icon: typeof IconX; onClick: () => void };

function Decide({ label, icon: Icon, onClick }: DecideProps) {
  return (
    <ActionIcon size={22} aria-label={label} title={label} onClick={onClick}>
      <Icon size={14} stroke={1.8} />
    </ActionIcon>
  );
}
