import { Kbd, TextInput, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

import { labelAllows } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import { useEditorSnapshot } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';

const SEARCH_FROM = 9;

/** The key that picks a label: its own, or the digit of its place. */
export function shortcutOf(labels: readonly Label[], index: number): string {
  const label = labels[index];
  if (label?.shortcut) return label.shortcut;
  if (index > 9) return '';
  const digit = String((index + 1) % 10);
  return labels.some((each) => each.shortcut === digit) ? '' : digit;
}

export const isTagOnly = (label: Label): boolean =>
  !['box', 'polygon', 'track'].some((shape) => labelAllows(label, shape));

type Props = { editor: Editor; labels: readonly Label[]; isEditable: boolean };

export function LabelsPanel({ editor, labels, isEditable }: Props) {
  const [search, setSearch] = useState('');
  const { labelId } = useEditorSnapshot(editor);
  const tagged = new Set([...editor.document.state.tags.values()].map((tag) => tag.labelId));
  const rows = labels
    .map((label, index) => ({ label, shortcut: shortcutOf(labels, index) }))
    .filter(({ label }) => label.name.toLowerCase().includes(search.trim().toLowerCase()));

  return (
    <section className={css.section} aria-label={words.labels}>
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>{words.labels}</h2>
      </div>
      {labels.length >= SEARCH_FROM && (
        <TextInput
          size="xs"
          mx={12}
          mb={4}
          leftSection={<IconSearch size={14} stroke={1.6} />}
          placeholder={words.findLabel}
          aria-label={words.findLabel}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !rows[0] || !isEditable) return;
            editor.pickLabel(rows[0].label.id);
            setSearch('');
            event.currentTarget.blur();
          }}
        />
      )}
      <div className={css.labels}>
        {rows.map(({ label, shortcut }) => {
          const isTag = isTagOnly(label);
          const isOn = isTag ? tagged.has(label.id) : label.id === labelId;
          return (
            <UnstyledButton
              key={label.id}
              className={css.row}
              data-on={(isEditable && isOn) || undefined}
              aria-pressed={isOn}
              disabled={!isEditable}
              onClick={() => editor.pickLabel(label.id)}
            >
              <span className={css.dot} style={{ background: label.color }} data-round={isTag || undefined} />
              <span className={css.rowText}>{label.name}</span>
              <span style={{ flex: 1 }} />
              {isTag && isOn && <IconCheck size={14} stroke={2} aria-hidden />}
              {shortcut && isEditable && <Kbd size="xs">{shortcut}</Kbd>}
            </UnstyledButton>
          );
        })}
        {rows.length === 0 && (
          <p className={css.note}>{labels.length === 0 ? words.noLabels : words.noLabelFound}</p>
        )}
      </div>
    </section>
  );
}
