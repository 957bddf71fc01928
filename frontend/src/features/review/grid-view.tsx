import { Button, Group, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useElementSize, useLocalStorage } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { ButtonLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { CardsSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { useKeys } from '@/hooks/use-keys';
import { useLatest } from '@/hooks/use-latest';
import { cursorOf } from '@/lib/paging';
import { paths } from '@/lib/paths';
import { toastError } from '@/lib/toast';
import type { GridSuggestion } from '@/types/annotation';
import type { Project } from '@/types/api';

import { suggestions, type GridVerdict } from './api';
import { CropPainter } from './crop-painter';
import { GridCell, type PickEvent } from './grid-cell';
import { GridHead, useFilters } from './grid-head';
import {
  aimedAt,
  leftOff,
  mergedRows,
  move,
  perMinute,
  rangeTo,
  relisted,
  START,
  toggle,
  verdictsOf,
  type Verdicts,
} from './grid-state';
import css from './review.module.css';
import { reviewWords as words } from './strings';
import { useDecisions } from './use-decisions';

/** Between crops, and twice the room round one. */
const [GAP_PX, ROOM_PX] = [2, 6];
/** More are fetched when fewer than this are left. */
const LOW = 60;

type Props = { project: Project; switcher: ReactNode };

/** Rows in the order they came, those decided here among them; anew `under` other filters. */
function useRows(
  fresh: readonly GridSuggestion[] | undefined,
  under: string,
  verdicts: Verdicts,
): readonly GridSuggestion[] {
  const [shown, setShown] = useState<{
    of: typeof fresh;
    under: string;
    rows: readonly GridSuggestion[];
  }>({ of: undefined, under, rows: [] });
  const isOther = shown.under !== under;
  if (!isOther && shown.of === fresh) return shown.rows;
  const rows = mergedRows(isOther ? [] : shown.rows, fresh ?? [], isOther ? new Map() : verdicts);
  setShown({ of: fresh, under, rows });
  return rows;
}

function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Below the last crop, and brought into view: the last key would seem to do nothing. */
function AllDone({ says, children }: { says: string; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <Group className={css.allDone} role="status" ref={place}>
      <IconCircleCheck size={20} stroke={1.5} />
      <Text size="sm">{says}</Text>
      {children}
    </Group>
  );
}

/** Suggestions as crops, decided hundreds in a row. */
export function GridView({ project, switcher }: Props) {
  const { labels } = project.ontology;
  const { filters, set } = useFilters(project.id);
  const [size, setSize] = useLocalStorage({ key: 'siteloop.review.crop', defaultValue: 160 });
  const [state, setState] = useState(START);
  const [painter] = useState(
    () => new CropPainter(() => toastError(new Error(words.noCropsAbout), words.noCrops)),
  );
  const now = useNow(2_000);
  const open = useNavigate();
  const { ref: scroll, width } = useElementSize();
  const query = useInfiniteQuery({
    queryKey: ['suggestions', project.id, filters],
    queryFn: ({ pageParam }) => suggestions(project.id, filters, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => cursorOf(page.next),
  });
  const verdicts = useMemo(() => verdictsOf(state), [state]);
  const rows = useRows(
    useMemo(() => query.data?.pages.flatMap((page) => page.results), [query.data]),
    JSON.stringify(filters),
    verdicts,
  );
  const left = rows.reduce((sum, row) => sum + (verdicts.has(row.id) ? 0 : 1), 0);
  const ids = rows.map((row) => row.id);
  const [listed, setListed] = useState(rows);
  if (listed !== rows) {
    setListed(rows);
    const before = listed.map((row) => row.id);
    setState((was) => relisted(was, before, ids));
  }
  const byId = new Map(labels.map((label) => [label.id, label]));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;

  useEffect(() => () => painter.stop(), [painter]);
  useEffect(() => {
    if (left < LOW && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [left, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const { decide, undo } = useDecisions({
    projectId: project.id,
    state,
    setState,
    verdicts,
    ids,
    refetch: query.refetch,
  });
  const columns = Math.max(1, Math.floor((width + GAP_PX) / (size + ROOM_PX + GAP_PX)));
  const go =
    (by: number, extendsRange = false) =>
    () =>
      setState(move(state, by, ids, extendsRange));
  const here = rows[state.at];
  useKeys({
    A: () => void decide('accepted', aimedAt(state, ids)),
    R: () => void decide('rejected', aimedAt(state, ids)),
    E: here && (() => void open({ to: paths.annotate(project.id, here.task_id) })),
    'Ctrl+Z': () => void undo(),
    ' ': () => setState(toggle(state, state.at, ids)),
    ArrowRight: go(1),
    ArrowLeft: go(-1),
    ArrowDown: go(columns),
    ArrowUp: go(-columns),
    'Shift+ArrowRight': go(1, true),
    'Shift+ArrowLeft': go(-1, true),
    'Shift+ArrowDown': go(columns, true),
    'Shift+ArrowUp': go(-columns, true),
  });

  const pick = (id: string, event: PickEvent) => {
    const at = ids.indexOf(id);
    if (event.shiftKey) setState(rangeTo(state, at, ids));
    else if (event.ctrlKey) setState(toggle(state, at, ids));
    else setState({ ...state, at, anchor: at, picked: new Set() });
  };
  const latest = useLatest({ pick, decide });
  const onPick = useCallback((id: string, event: PickEvent) => latest.current.pick(id, event), [latest]);
  const onDecide = useCallback(
    (verdict: GridVerdict, aimed: string[]) => void latest.current.decide(verdict, aimed),
    [latest],
  );
  const isFiltered = Boolean(filters.label_id ?? filters.min_score);
  const [showsAll, setShowsAll] = useState(false);
  const hidden = showsAll ? 0 : leftOff(state.at, columns);
  const onward = isFiltered ? (
    <Button onClick={() => set({ label: undefined, min: undefined })}>{words.clearFilters}</Button>
  ) : (
    <ButtonLink to={paths.models(project.id)}>{words.toModels}</ButtonLink>
  );

  return (
    <div className={css.page}>
      <GridHead
        switcher={switcher}
        labels={labels}
        filters={filters}
        onFilter={set}
        size={size}
        onSize={setSize}
        undoes={state.batches.at(-1)?.ids.length ?? 0}
        onUndo={() => void undo()}
      />
      <div className={css.scroll} ref={scroll} data-scroll>
        <QueryView
          query={query}
          skeleton={<CardsSkeleton count={18} height={size} minWidth={size} />}
          isEmpty={() => rows.length === 0 && !hasNextPage}
          empty={
            <EmptyState icon={IconCircleCheck} title={words.gridEmptyTitle} action={onward}>
              {isFiltered ? words.gridEmptyFiltered : words.gridEmptyAbout}
            </EmptyState>
          }
        >
          {() => (
            <>
              {hidden > 0 && (
                <Button size="compact-sm" variant="subtle" mb={8} onClick={() => setShowsAll(true)}>
                  {words.showEarlier(hidden)}
                </Button>
              )}
              <ul className={css.grid} style={{ '--crop': `${size}px` } as React.CSSProperties}>
                {rows.slice(hidden).map((row, index) => (
                  <GridCell
                    key={row.id}
                    row={row}
                    label={byId.get(row.label_id)}
                    isAt={hidden + index === state.at}
                    isPicked={state.picked.has(row.id)}
                    verdict={verdicts.get(row.id)}
                    painter={painter}
                    onPick={onPick}
                    onDecide={onDecide}
                  />
                ))}
              </ul>
              {left === 0 && !hasNextPage && (
                <AllDone says={isFiltered ? words.allDoneFiltered : words.allDone}>{onward}</AllDone>
              )}
            </>
          )}
        </QueryView>
      </div>
      <footer className={css.line}>
        <span>{words.loaded(left, hasNextPage)}</span>
        <span>{words.decided(verdicts.size)}</span>
        <span>{words.aMinute(perMinute(state, now))}</span>
        {state.picked.size > 0 && <span>{words.selected(state.picked.size)}</span>}
        {here && (
          <Group gap={4}>
            <ButtonLink size="compact-xs" variant="subtle" to={paths.annotate(project.id, here.task_id)}>
              {words.openPicture}
            </ButtonLink>
          </Group>
        )}
        <span className={css.spacer} />
        <span className={css.keys}>{words.gridKeys}</span>
      </footer>
    </div>
  );
}
