import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';

import type { Attributes, AttributeValue, Region, Track } from '@/canvas/document/model';
import { commandOf, put } from '@/canvas/document/patches';
import type { Editor } from '@/canvas/editor';
import { useEditorSnapshot } from '@/hooks/use-editor';
import type { Attribute, Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';
import { missingOf, valuesOf } from '../work/attributes';
import { isTagOnly } from '../work/tool-shapes';

type Props = { editor: Editor; labels: readonly Label[]; isEditable: boolean };

function selectedRows(editor: Editor, selection: readonly string[]): (Region | Track)[] {
  const { regions, tracks } = editor.document.state;
  return selection.flatMap((id) => regions.get(id) ?? tracks.get(id) ?? []);
}

function write(editor: Editor, rows: (Region | Track)[], attributes: Attributes): void {
  editor.setAttributesOf(
    rows.map((row) => row.id),
    attributes,
  );
  const patches = rows
    .filter((row) => 'keyframes' in row)
    .map((track) => put('tracks', track, { ...track, attributes: { ...track.attributes, ...attributes } }));
  editor.run(commandOf('Change attributes', patches));
}

/** What is known about the selected objects, and what must still be said. */
export function AttributesForm({ editor, labels, isEditable }: Props) {
  const { selection, revision } = useEditorSnapshot(editor);
  const rows = useMemo(
    () => selectedRows(editor, selection),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
    [editor, selection, revision],
  );
  const first = rows[0];
  if (!first) return null;
  const sameLabel = rows.every((row) => row.labelId === first.labelId);
  const label = sameLabel ? labels.find((each) => each.id === first.labelId) : undefined;
  const missing = new Set(missingOf(label, first.attributes).map((each) => each.id));
  const isOff = !isEditable || rows.some((row) => row.locked);
  return (
    <section className={css.section} aria-label={words.attributes(label?.name ?? '')}>
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>
          {rows.length > 1 ? words.several(rows.length) : words.attributes(label?.name ?? words.unknownLabel)}
        </h2>
      </div>
      <div className={css.form}>
        <Select
          size="xs"
          label={words.changeLabel}
          disabled={isOff}
          allowDeselect={false}
          placeholder={words.choose}
          data={labels.filter((each) => !isTagOnly(each)).map(({ id, name }) => ({ value: id, label: name }))}
          value={label?.id ?? null}
          onChange={(labelId) => labelId && editor.setLabelOf(selection, labelId)}
        />
        {label?.attributes.map((attribute) => (
          <Field
            key={`${first.id}/${attribute.id}`}
            attribute={attribute}
            value={valuesOf(label, first.attributes)[attribute.id ?? ''] ?? null}
            isMissing={missing.has(attribute.id)}
            isOff={isOff}
            onChange={(value) => write(editor, rows, { [attribute.id ?? '']: value })}
          />
        ))}
      </div>
    </section>
  );
}

type FieldProps = {
  attribute: Attribute;
  value: AttributeValue;
  isMissing: boolean;
  isOff: boolean;
  onChange: (value: AttributeValue) => void;
};

function Field({ attribute, value, isMissing, isOff, onChange }: FieldProps) {
  const common = {
    size: 'xs' as const,
    label: attribute.name,
    disabled: isOff,
    withAsterisk: attribute.required,
    error: isMissing,
  };
  switch (attribute.type) {
    case 'bool':
      return (
        <Checkbox
          size="xs"
          label={attribute.name}
          disabled={isOff}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'select':
      return (
        <Select
          {...common}
          placeholder={words.choose}
          clearable={!attribute.required}
          data={attribute.options ?? []}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : null)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          defaultValue={typeof value === 'string' ? value : ''}
          onBlur={(event) => onChange(event.currentTarget.value.trim() || null)}
        />
      );
  }
}
