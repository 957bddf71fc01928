import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import {
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';

import { labelAllows } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import { VirtualList } from '@/components/virtual-list';
import { useEditorPart } from '@/hooks/use-editor';
import { count } from '@/lib/numbers';
import type { Label } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords } from '../strings';
import {
  between,
  isFiltering,
  narrowed,
  NO_FILTER,
  objectRows,
  rowAfter,
  sorted,
  type ObjectFilter,
  type ObjectOrder,
} from '../work/object-rows';
import { deleteObjects } from './object-actions';
import { ObjectsMenu } from './objects-menu';
import { ObjectRowView } from './object-row';
import own from './panels.module.css';
import { SelectionBar } from './selection-bar';
import { objectWords as words } from './strings';

const ROW_HEIGHT = 28;

type Props = {
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  isEditable: boolean;
  isVideo: boolean;
};

export function ObjectsPanel({ editor, labels, isEditable, isVideo }: Props) {
  const revision = useEditorPart(editor, (snapshot) => snapshot.revision);
  const selection = useEditorPart(editor, (snapshot) => snapshot.selection);
  const [filter, setFilter] = useState<ObjectFilter>(NO_FILTER);
  const [order, setOrder] = useState<ObjectOrder>('front');
  const [isSearching, setSearching] = useState(false);
  /** Where the keys are in the list, and where a range begins. */
  const [cursor, setCursor] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  const [asksFocus, setAsksFocus] = useState(false);

  const all = useMemo(() => {
    const { regions, tracks } = editor.document.state;
    return objectRows([...regions.values(), ...tracks.values()], labels, annotateWords.unknownLabel);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
  }, [editor, labels, revision]);
  const rows = useMemo(() => sorted(narrowed(all, filter), order), [all, filter, order]);
  const chosen = useMemo(() => new Set(selection), [selection]);
  const tags = [...editor.document.state.tags.values()];
  const here = cursor !== null && rows.some((row) => row.item.id === cursor) ? cursor : null;
  const inSight = here !== null && chosen.has(here) ? here : selection[0];

  /** The list as it is now, for handlers that stay the same: rows that nothing happened to are not drawn anew. */
  const shown = useRef(rows);
  useLayoutEffect(() => {
    shown.current = rows;
  }, [rows]);
  const choose = useCallback(
    (id: string, how: { shift: boolean; toggles: boolean }) => {
      const before = editor.getSnapshot().selection;
      if (how.shift) editor.select(between(shown.current, anchor.current ?? before[0] ?? null, id));
      else {
        anchor.current = id;
        const without = before.filter((each) => each !== id);
        if (!how.toggles) editor.select([id]);
        else editor.select(without.length < before.length ? without : [...before, id]);
      }
      setCursor(id);
    },
    [editor],
  );
  const click = useCallback(
    (id: string, event: MouseEvent) =>
      choose(id, { shift: event.shiftKey, toggles: event.ctrlKey || event.metaKey }),
    [choose],
  );
  const focused = useCallback(() => setAsksFocus(false), []);
  const key = (event: KeyboardEvent<HTMLElement>) => {
    if (!(event.target instanceof HTMLElement) || !event.target.closest('[data-object]')) return;
    const from = here ?? selection[0] ?? null;
    const next = rowAfter(rows, from, event.key);
    const isCtrl = event.ctrlKey || event.metaKey;
    if (next && isCtrl) setCursor(next.item.id);
    else if (next) choose(next.item.id, { shift: event.shiftKey, toggles: false });
    else if (event.key === ' ' && from) choose(from, { shift: false, toggles: true });
    else if (event.key === 'Enter' && from) editor.focusOn(from);
    else if (isCtrl && event.key.toLowerCase() === 'a') editor.select(rows.map((row) => row.item.id));
    else if (event.key === 'Delete' && isEditable && from) {
      const doomed = chosen.has(from) ? selection : [from];
      const gone = new Set(doomed);
      const at = rows.findIndex((row) => row.item.id === from);
      const left = [...rows.slice(at), ...rows.slice(0, at).reverse()].find((row) => !gone.has(row.item.id));
      if (deleteObjects(editor, doomed)) {
        setCursor(left?.item.id ?? null);
        if (left) editor.select([left.item.id]);
      }
    } else return;
    setAsksFocus(true);
    event.preventDefault();
    event.stopPropagation();
  };

  const isNarrow = isFiltering(filter);
  const entry = here ?? inSight ?? rows[0]?.item.id;
  return (
    <section className={css.section} data-grows aria-label={words.title} onKeyDown={key}>
      <div className={css.sectionHead}>
        <h2 className={css.sectionTitle}>{words.title}</h2>
        <span className={css.score} role="status">
          {isNarrow ? words.shown(rows.length, all.length) : count(all.length)}
        </span>
        <span className={css.spacer} />
        <Tooltip label={words.search}>
          <ActionIcon
            size={24}
            aria-label={words.search}
            aria-pressed={isSearching}
            disabled={all.length === 0}
            onClick={() => {
              setSearching(!isSearching);
              setFilter({ ...filter, text: '' });
            }}
          >
            <IconSearch size={14} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <ObjectsMenu
          rows={all}
          labels={labels}
          filter={filter}
          order={order}
          onFilter={setFilter}
          onOrder={setOrder}
        />
      </div>
      {isSearching && (
        <TextInput
          size="xs"
          mx={12}
          mb={4}
          autoFocus
          leftSection={<IconSearch size={14} stroke={1.6} />}
          rightSection={
            <ActionIcon size={24} aria-label={words.closeSearch} onClick={() => closeSearch()}>
              <IconX size={13} />
            </ActionIcon>
          }
          placeholder={words.searchFor}
          aria-label={words.searchFor}
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
          onKeyDown={(event) => event.key === 'Escape' && closeSearch()}
        />
      )}
      {tags.length > 0 && (
        <p className={css.note} style={{ paddingBottom: 4 }}>
          {annotateWords.tags}:{' '}
          {tags.map((tag) => labels.get(tag.labelId)?.name ?? annotateWords.unknownLabel).join(', ')}
        </p>
      )}
      {all.length === 0 && isEditable && (
        <p className={css.note}>
          {isVideo ? howOnVideo(labels) : words.none} {annotateWords.emptyIsFine}
        </p>
      )}
      {isNarrow && rows.length === 0 && all.length > 0 && (
        <div className={own.noneFit}>
          <span>{words.noneFit}</span>
          <Button size="compact-xs" variant="default" onClick={() => setFilter(NO_FILTER)}>
            {words.clear}
          </Button>
        </div>
      )}
      <VirtualList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        keyOf={(row) => row.item.id}
        inSight={asksFocus ? (here ?? inSight) : inSight}
        label={words.title}
        className={own.grows}
      >
        {(row) => (
          <ObjectRowView
            row={row}
            editor={editor}
            label={labels.get(row.item.labelId)}
            isOn={chosen.has(row.item.id)}
            isEditable={isEditable}
            isEntry={row.item.id === entry}
            takesFocus={asksFocus && row.item.id === here}
            onFocused={focused}
            onClick={click}
          />
        )}
      </VirtualList>
      {selection.length > 1 && <SelectionBar editor={editor} isEditable={isEditable} isVideo={isVideo} />}
    </section>
  );

  function closeSearch(): void {
    setSearching(false);
    setFilter({ ...filter, text: '' });
  }
}

function howOnVideo(labels: ReadonlyMap<string, Label>): string {
  const mayFollow = [...labels.values()].some((label) => labelAllows(label, 'track'));
  return mayFollow ? annotateWords.noObjectsVideo : annotateWords.noTrackLabel;
}
