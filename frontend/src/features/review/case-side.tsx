import { Alert, SegmentedControl, Text, UnstyledButton } from '@mantine/core';

import type { Editor } from '@/canvas/editor';
import { VirtualList } from '@/components/virtual-list';
import { useEditorSnapshot } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import { foundById, votesOf } from './consensus';
import type { Case } from './desk';
import { countsOf, DIFF_COLORS, type DiffRow, type DiffStatus } from './diff';
import css from './review.module.css';
import { reviewWords as words } from './strings';

const ORDER: DiffStatus[] = ['added', 'changed', 'removed', 'kept'];
/** What not all drew first: it is what a reviewer is for. */
const MERGED_ORDER: DiffStatus[] = ['removed', 'changed', 'kept'];
const ANSWER_ORDER: DiffStatus[] = ['removed', 'added', 'kept'];
const ROW_HEIGHT = 28;

const isMergedCase = (item: Case, ofPerson: string | null): boolean =>
  item.against === 'answers' && ofPerson === null;

/** What each status is called: of an answer looked at, of what was put together, or of a change. */
export function statusWordsOf(item: Case, ofPerson: string | null): Readonly<Record<DiffStatus, string>> {
  if (ofPerson !== null) return words.answerStatus;
  return isMergedCase(item, ofPerson) ? words.mergedStatus : words.status;
}

type Props = {
  item: Case;
  /** What is on the picture: of the revision, or of the answer looked at. */
  diff: readonly DiffRow[];
  /** The answer looked at is this person's. */
  ofPerson: string | null;
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  isByChange: boolean;
  onByChange: (isByChange: boolean) => void;
};

/** What the revision did, in numbers and object by object. */
export function CaseSide({ item, diff, ofPerson, editor, labels, isByChange, onByChange }: Props) {
  const { selection } = useEditorSnapshot(editor);
  const counts = countsOf(diff);
  const isMerged = isMergedCase(item, ofPerson);
  const shown = ofPerson !== null ? ANSWER_ORDER : isMerged ? MERGED_ORDER : ORDER;
  const rows = shown.flatMap((status) => diff.filter((row) => row.status === status));
  const statusWords = statusWordsOf(item, ofPerson);
  const found = item.consensus ? foundById(item.consensus) : null;
  const nameOf = (id: string): string => labels.get(id)?.name ?? words.unknownLabel;
  const { tags } = item.task.labels;
  const against = {
    base: words.againstBase,
    suggestions: words.againstSuggestions,
    nothing: words.againstNothing,
    answers: words.againstAnswers,
  }[item.against];
  return (
    <>
      <div className={css.block}>
        {item.task.review?.late && (
          <Alert color="yellow" variant="light" py={6} px="sm" mb="xs" title={words.late}>
            <Text size="xs">{words.lateAbout}</Text>
          </Alert>
        )}
        {item.task.review?.second_look && (
          <Alert variant="default" py={6} px="sm" mb="xs" title={words.second}>
            <Text size="xs">{words.secondAbout}</Text>
          </Alert>
        )}
        <Text size="xs" c="dimmed" mb={6}>
          {ofPerson !== null ? words.answerOf(ofPerson) : `${words.against} ${against}`}
        </Text>
        <div className={css.counts}>
          {shown.map((status) => (
            <span key={status} className={css.count}>
              <span className={css.dot} style={{ background: DIFF_COLORS[status] }} />
              {statusWords[status]}
              <b>{counts[status]}</b>
            </span>
          ))}
        </div>
        <SegmentedControl
          fullWidth
          size="xs"
          mt={8}
          value={isByChange ? 'changes' : 'labels'}
          onChange={(value) => onByChange(value === 'changes')}
          data={[
            { value: 'changes', label: words.asChanges },
            { value: 'labels', label: words.asLabels },
          ]}
        />
      </div>
      {tags.length > 0 && (
        <div className={css.block}>
          <Text size="sm">
            {words.tags}: {tags.map((id) => labels.get(id)?.name ?? words.unknownLabel).join(', ')}
          </Text>
        </div>
      )}
      {rows.length === 0 && (
        <Text size="xs" c="dimmed" p="sm">
          {words.noObjects}
        </Text>
      )}
      <VirtualList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        keyOf={(row) => row.id}
        inSight={selection[0]}
        label={words.objects}
      >
        {({ id, status, region }) => {
          const label = labels.get(region.label_id);
          const object = found?.get(id);
          const color = isByChange ? DIFF_COLORS[status] : label?.color;
          const values = (label?.attributes ?? []).flatMap((each) => {
            const value = region.attributes?.[each.id ?? ''];
            return typeof value === 'string' || typeof value === 'number'
              ? [String(value)]
              : value
                ? [each.name]
                : [];
          });
          return (
            <UnstyledButton
              className={css.row}
              data-on={selection.includes(id) || undefined}
              onClick={() => editor.select([id])}
              onDoubleClick={() => editor.focusOn(id)}
              onPointerEnter={() => editor.hover(id)}
              onPointerLeave={() => editor.hover(null)}
            >
              <span className={css.dot} style={{ background: color }} />
              <span className={css.rowText}>
                {label?.name ?? words.unknownLabel}
                {values.length > 0 && <span className={css.faint}> {values.join(', ')}</span>}
              </span>
              <span className={css.faint}>
                {isMerged && object ? votesOf(object, nameOf) : statusWords[status]}
              </span>
            </UnstyledButton>
          );
        }}
      </VirtualList>
    </>
  );
}
