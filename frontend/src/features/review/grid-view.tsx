import { Button, Group, NumberInput, Select, Slider, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useElementSize, useLocalStorage } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { ButtonLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { CardsSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { useKeys } from '@/hooks/use-keys';
import { useLatest } from '@/hooks/use-latest';
import { useLeaveWarning } from '@/hooks/use-leave-warning';
import { cursorOf } from '@/lib/paging';
import { paths } from '@/lib/paths';
import { loadPicture, PictureCache } from '@/lib/pictures';
import { toastError } from '@/lib/toast';
import type { Project } from '@/types/api';

import { decideSuggestions, suggestions, undoSuggestions, type GridFilters, type GridVerdict } from './api';
import { GridCell, type PickEvent } from './grid-cell';
import {
  aimedAt,
  decided,
  decidedCount,
  goneIds,
  move,
  perMinute,
  rangeTo,
  START,
  toggle,
  withoutIds,
} from './grid-state';
import css from './review.module.css';
import { DecisionSender } from './sender';
import { reviewWords as words } from './strings';

const PICTURES_KEPT = 24;
/** Between crops, and twice the room round one. */
const [GAP_PX, ROOM_PX] = [2, 6];
/** More are fetched when fewer than this are left. */
const LOW = 60;

type Props = { project: Project; switcher: ReactNode };

function useFilters(projectId: string) {
  const search = useSearch({ strict: false }) as { label?: string; min?: number };
  const navigate = useNavigate();
  const filters: GridFilters = { label_id: search.label, min_score: search.min };
  const set = (next: { label?: string; min?: number }) =>
    void navigate({
      to: paths.review(projectId),
      search: { view: 'grid', ...search, ...next },
      replace: true,
    });
  return { filters, set };
}

function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Suggestions as crops, decided hundreds in a row. */
export function GridView({ project, switcher }: Props) {
  const { labels } = project.ontology;
  const { filters, set } = useFilters(project.id);
  const [size, setSize] = useLocalStorage({ key: 'siteloop.review.crop', defaultValue: 160 });
  const [state, setState] = useState(START);
  const [pictures] = useState(() => new PictureCache(PICTURES_KEPT, loadPicture, false));
  const now = useNow(2_000);
  const open = useNavigate();
  const { ref: scroll, width } = useElementSize();
  const query = useInfiniteQuery({
    queryKey: ['suggestions', project.id, filters],
    queryFn: ({ pageParam }) => suggestions(project.id, filters, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => cursorOf(page.next),
  });
  const rows = useMemo(() => {
    const gone = goneIds(state);
    const all = query.data?.pages.flatMap((page) => page.results) ?? [];
    return all.filter((row) => !gone.has(row.id));
  }, [query.data, state]);
  const ids = rows.map((row) => row.id);
  const byId = new Map(labels.map((label) => [label.id, label]));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;

  useEffect(() => () => pictures.clear(), [pictures]);
  useEffect(() => {
    if (rows.length < LOW && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const [sender] = useState(
    () =>
      new DecisionSender({
        decide: (aimed, verdict) => decideSuggestions(project.id, aimed, verdict),
        undo: undoSuggestions,
      }),
  );
  useLeaveWarning(() => sender.isBusy);
  // Decisions that never arrived: taking them back needs no answer of the server, and its failure changes nothing.
  const unsent = useRef(new Set<string>());
  const decide = async (verdict: GridVerdict, aimed: string[]) => {
    if (aimed.length === 0) return;
    for (const id of aimed) unsent.current.delete(id);
    setState((was) => decided(was, { ids: aimed, verdict, at: Date.now() }, ids));
    try {
      const skipped = await sender.send(aimed, verdict);
      if (skipped.length === 0) return;
      setState((now) => withoutIds(now, new Set(skipped.map((each) => each.suggestion_id))));
      toastError(new Error(words.skipped(skipped.length, skipped[0]?.reason ?? '')), words.notDecided);
      void query.refetch();
    } catch (error) {
      for (const id of aimed) unsent.current.add(id);
      setState((now) => withoutIds(now, new Set(aimed)));
      toastError(error, words.notDecided);
    }
  };
  const undo = async () => {
    const last = state.batches.at(-1);
    if (!last) return;
    // Gone from the list at once: a second press takes the decision before it back.
    setState((now) => withoutIds(now, new Set(last.ids)));
    try {
      await sender.send(last.ids, 'undo');
    } catch (error) {
      const standing = last.ids.filter((id) => !unsent.current.has(id));
      if (standing.length === 0) return;
      setState((now) => ({ ...now, batches: [...now.batches, { ...last, ids: standing }] }));
      toastError(error, 'Could not undo');
    }
  };
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

  return (
    <div className={css.page}>
      <header className={css.top}>
        {switcher}
        <Select
          size="xs"
          w={150}
          aria-label={words.label}
          placeholder={words.allLabels}
          clearable
          data={labels.map(({ id, name }) => ({ value: id, label: name }))}
          value={filters.label_id ?? null}
          onChange={(label) => set({ label: label ?? undefined })}
        />
        <NumberInput
          size="xs"
          w={118}
          aria-label={words.minScore}
          placeholder={words.minScore}
          min={0}
          max={1}
          step={0.05}
          decimalScale={2}
          value={filters.min_score ?? ''}
          onChange={(min) => set({ min: typeof min === 'number' && min > 0 ? min : undefined })}
        />
        <span className={css.spacer} />
        <Text size="xs" c="dimmed" visibleFrom="md">
          {words.size}
        </Text>
        <Slider
          w={90}
          size="xs"
          min={96}
          max={288}
          label={null}
          thumbLabel={words.size}
          value={size}
          onChange={setSize}
        />
        <Button
          size="compact-sm"
          variant="default"
          disabled={state.batches.length === 0}
          onClick={() => void undo()}
        >
          {words.undoLast(state.batches.at(-1)?.ids.length ?? 0)}
        </Button>
      </header>
      <div className={css.scroll} ref={scroll}>
        <QueryView
          query={query}
          skeleton={<CardsSkeleton count={18} height={size} minWidth={size} />}
          isEmpty={() => rows.length === 0 && !hasNextPage}
          empty={
            <EmptyState
              icon={IconCircleCheck}
              title={words.gridEmptyTitle}
              action={
                isFiltered ? (
                  <Button onClick={() => set({ label: undefined, min: undefined })}>
                    {words.clearFilters}
                  </Button>
                ) : (
                  <ButtonLink to={paths.models(project.id)}>{words.toModels}</ButtonLink>
                )
              }
            >
              {isFiltered ? words.gridEmptyFiltered : words.gridEmptyAbout}
            </EmptyState>
          }
        >
          {() => (
            <ul className={css.grid} style={{ '--crop': `${size}px` } as React.CSSProperties}>
              {rows.map((row, index) => (
                <GridCell
                  key={row.id}
                  row={row}
                  label={byId.get(row.label_id)}
                  isAt={index === state.at}
                  isPicked={state.picked.has(row.id)}
                  pictures={pictures}
                  onPick={onPick}
                  onDecide={onDecide}
                />
              ))}
            </ul>
          )}
        </QueryView>
      </div>
      <footer className={css.line}>
        <span>{words.loaded(rows.length, hasNextPage)}</span>
        <span>{words.decided(decidedCount(state))}</span>
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
        <span>{words.gridKeys}</span>
      </footer>
    </div>
  );
}
