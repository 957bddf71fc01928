import { Select } from '@mantine/core';
import { memo, useDeferredValue, useMemo } from 'react';

import type { Attributes } from '@/canvas/document/model';
import { setAttributes } from '@/canvas/document/commands';
import { batch, commandOf, put } from '@/canvas/document/patches';
import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords } from '../strings';
import { isTrack, type Thing } from '../work/object-rows';
import { labelsFor, sharedAttributes } from '../work/shared-attributes';
import { AttributeField } from './attribute-field';
import own from './panels.module.css';
import { attributeWords as words } from './strings';

type Props = { editor: Editor; labels: readonly Label[]; isEditable: boolean };

/** One step of history for all of them, tracks too. */
function write(editor: Editor, things: readonly Thing[], attributes: Attributes): void {
  const ids = things.map((thing) => thing.id);
  editor.run(
    batch(editor.document.state, 'Change attributes', [
      (state) => setAttributes(state, ids, attributes),
      (state) =>
        commandOf(
          'Change attributes',
          ids.flatMap((id) => {
            const track = state.tracks.get(id);
            const next = track && { ...track, attributes: { ...track.attributes, ...attributes } };
            return track && next && !track.locked ? [put('tracks', track, next)] : [];
          }),
        ),
    ]),
  );
}

/** What is known about the selected objects. A click shows on the picture and in the list first, here a moment later. */
export function AttributesForm(props: Props) {
  const { editor } = props;
  const selection = useDeferredValue(useEditorPart(editor, (snapshot) => snapshot.selection));
  const revision = useEditorPart(editor, (snapshot) => snapshot.revision);
  return <Fields {...props} selection={selection} revision={revision} />;
}

type FieldsProps = Props & { selection: readonly string[]; revision: number };

/** What is known about the selected objects, and what must still be said. */
const Fields = memo(function Fields({ editor, labels, isEditable, selection, revision }: FieldsProps) {
  const things = useMemo<Thing[]>(() => {
    const { regions, tracks } = editor.document.state;
    return selection.flatMap((id) => regions.get(id) ?? tracks.get(id) ?? []);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
  }, [editor, selection, revision]);
  const first = things[0];
  const label = first && labels.find((each) => each.id === first.labelId);
  const isOneLabel = things.every((thing) => thing.labelId === first?.labelId);
  const shared = useMemo(
    () => (label && isOneLabel ? sharedAttributes(label, things) : []),
    [label, isOneLabel, things],
  );
  const choices = useMemo(
    () => labelsFor(labels, new Set(things.map((thing) => (isTrack(thing) ? 'track' : thing.shape.type)))),
    [labels, things],
  );
  if (!first) return null;
  const isLocked = things.some((thing) => thing.locked);
  const isOff = !isEditable || isLocked;
  const title =
    things.length > 1 ? words.several(things.length) : words.one(label?.name ?? annotateWords.unknownLabel);
  // A label that no longer allows the shape is still what the object has.
  const options = label && isOneLabel && !choices.includes(label) ? [label, ...choices] : choices;
  return (
    <section className={css.section} aria-label={title}>
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>{title}</h2>
        {isLocked && isEditable && <span className={css.score}>{words.locked}</span>}
      </div>
      <div className={`${css.form} ${own.form}`}>
        <Select
          size="xs"
          label={words.label}
          disabled={isOff}
          allowDeselect={false}
          searchable
          placeholder={isOneLabel ? annotateWords.choose : words.mixed}
          data={options.map(({ id, name }) => ({ value: id, label: name }))}
          value={isOneLabel ? first.labelId : null}
          onChange={(labelId) => labelId && editor.setLabelOf(selection, labelId)}
        />
        {shared.map((each) => (
          <AttributeField
            // Another selection starts another field: what was typed must not go to other objects.
            key={`${things.length}/${first.id}/${things.at(-1)?.id}/${each.attribute.id}`}
            shared={each}
            isSeveral={things.length > 1}
            isOff={isOff}
            onChange={(value) => write(editor, things, { [each.attribute.id ?? '']: value })}
          />
        ))}
        {!isOneLabel && <p className={css.note}>{words.severalLabels}</p>}
      </div>
    </section>
  );
});
