import { SegmentedControl, Select } from '@mantine/core';
import { memo, useDeferredValue, useMemo, useState } from 'react';

import { attributesAt, shapeOfTrack } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { refusals } from '@/canvas/words';
import { useEditorPart } from '@/hooks/use-editor';
import { useLatest } from '@/hooks/use-latest';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords } from '../strings';
import { isTrack, type Thing } from '../work/object-rows';
import { labelsFor, sharedAttributes } from '../work/shared-attributes';
import { AttributeField } from './attribute-field';
import own from './panels.module.css';
import { attributeWords as words } from './strings';

type Props = { editor: Editor; labels: readonly Label[]; isEditable: boolean };

/** What is known about the selected objects. A click shows on the picture and in the list first, here a moment later. */
export function AttributesForm(props: Props) {
  const { editor } = props;
  const selection = useDeferredValue(useEditorPart(editor, (snapshot) => snapshot.selection));
  const revision = useEditorPart(editor, (snapshot) => snapshot.revision);
  const frame = useDeferredValue(useEditorPart(editor, (snapshot) => snapshot.frame));
  return <Fields {...props} selection={selection} revision={revision} frame={frame} />;
}

type FieldsProps = Props & { selection: readonly string[]; revision: number; frame: number | null };

const shapeOf = (thing: Thing): string => (isTrack(thing) ? shapeOfTrack(thing) : thing.shape.type);

/** What is known about the selected objects, and what must still be said. */
const Fields = memo(function Fields(props: FieldsProps) {
  const { editor, labels, isEditable, selection, revision, frame } = props;
  // The fields stay, with the focus and what is typed there: only nothing is taken from them meanwhile.
  const isCovered = useEditorPart(editor, (snapshot) => snapshot.isCovered);
  /** On a video: whether a change holds from the frame shown on, or of all frames. */
  const [isFromHere, setFromHere] = useState(false);
  const things = useMemo<Thing[]>(() => {
    const { regions, tracks } = editor.document.state;
    const at = (id: string) => {
      const track = tracks.get(id);
      return track && { ...track, attributes: attributesAt(track, frame ?? 0) };
    };
    return selection.flatMap((id) => regions.get(id) ?? at(id) ?? []);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
  }, [editor, selection, revision, frame]);
  const first = things[0];
  const label = first && labels.find((each) => each.id === first.labelId);
  const isOneLabel = things.every((thing) => thing.labelId === first?.labelId);
  const shared = useMemo(
    () => (label && isOneLabel ? sharedAttributes(label, things) : []),
    [label, isOneLabel, things],
  );
  const choices = useMemo(
    () => labelsFor(labels, new Set(things.map(shapeOf)), frame !== null),
    [labels, things, frame],
  );
  const chosen = useMemo(() => selection.join(), [selection]);
  const mayWrite = useLatest(isEditable);
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
        {isEditable && (isCovered || isLocked) && (
          <span className={css.score}>{isCovered ? refusals.unseen : words.locked}</span>
        )}
      </div>
      <div className={`${css.form} ${own.form}`}>
        <Select
          size="xs"
          label={words.label}
          disabled={isOff}
          readOnly={isCovered}
          allowDeselect={false}
          searchable
          placeholder={isOneLabel ? annotateWords.choose : words.mixed}
          data={options.map(({ id, name }) => ({ value: id, label: name }))}
          value={isOneLabel ? first.labelId : null}
          onChange={(labelId) => labelId && editor.setLabelOf(selection, labelId)}
        />
        {shared.length > 0 && frame !== null && (
          <SegmentedControl
            size="xs"
            aria-label={words.when}
            disabled={isOff}
            data={[
              { value: 'all', label: words.whenAll },
              { value: 'here', label: words.whenHere },
            ]}
            value={isFromHere ? 'here' : 'all'}
            onChange={(value) => setFromHere(value === 'here')}
          />
        )}
        {shared.map((each) => (
          <AttributeField
            // Another selection starts another field: what was typed must not go to other objects, nor wait in one that
            // was barred.
            key={`${chosen}/${each.attribute.id}/${isOff}`}
            shared={each}
            isSeveral={things.length > 1}
            isOff={isOff}
            isCovered={isCovered}
            frameShown={() => editor.getSnapshot().frame}
            holdsFrom={(begunOn) =>
              isFromHere && begunOn !== null && begunOn !== frame ? words.holdsFrom(begunOn + 1) : null
            }
            onChange={(value) =>
              editor.setAttributesOf(selection, { [each.attribute.id ?? '']: value }, isFromHere)
            }
            onWrite={(value, begunOn) => {
              // A field that goes because nothing may be changed any more must not change a last thing.
              if (!mayWrite.current) return;
              const said = { [each.attribute.id ?? '']: value };
              editor.writeAttributesOf(selection, said, isFromHere ? begunOn : null);
            }}
          />
        ))}
        {!isOneLabel && <p className={css.note}>{words.severalLabels}</p>}
      </div>
    </section>
  );
});
