import { Box, Group, Skeleton, VisuallyHidden } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { assetsQuery, facetsQuery, tasksOf } from '@/features/data/api';
import { AssetGrid } from '@/features/data/asset-grid';
import { AssetPanel } from '@/features/data/asset-panel';
import css from '@/features/data/data.module.css';
import { Dialogs, type Target } from '@/features/data/data-dialogs';
import { FilterPanel } from '@/features/data/filter-panel';
import { isEmpty } from '@/features/data/filters';
import { NOTHING, type Selection } from '@/features/data/selection';
import { SelectionBar } from '@/features/data/selection-bar';
import { FilterChips, SliceTabs } from '@/features/data/slice-tabs';
import { dataWords as words } from '@/features/data/strings';
import { Toolbar, type DialogName } from '@/features/data/toolbar';
import { useGridView, type GridView } from '@/features/data/use-grid-view';
import { ButtonLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const TILE_FIRST = 184;

export default function DataPage() {
  const projectId = useParam('projectId');
  const view = useGridView(projectId);
  const { data: project } = useProject(projectId);
  const labels = project?.ontology.labels ?? [];
  const { data: facets } = useQuery(facetsQuery(projectId));
  const assets = useInfiniteQuery(assetsQuery(projectId, view.filters, view.order));
  const rows = useMemo(() => assets.data?.pages.flatMap((page) => page.results) ?? [], [assets.data]);
  const isWide = useMediaQuery('(min-width: 1200px)', true, { getInitialValueInEffect: false });
  const isPhone = useMediaQuery('(max-width: 720px)', false, { getInitialValueInEffect: false });
  const [wantsFilters, setWantsFilters] = useState<boolean | null>(null);
  const showFilters = wantsFilters ?? (isWide || (view.asset === null && !isPhone));
  const [size, setSize] = useLocalStorage({ key: 'data-tile-px', defaultValue: TILE_FIRST });
  const [showObjects, setShowObjects] = useLocalStorage({ key: 'data-objects', defaultValue: false });
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [target, setTarget] = useState<Target | null>(null);
  const chosen = rows.filter(({ id }) => selection.chosen.has(id));
  const openDialog = (name: DialogName) =>
    setTarget({
      name,
      assetIds: chosen.map(({ id }) => id),
      taskIds: chosen.flatMap(tasksOf).map(({ id }) => id),
    });
  const pictures = plural(rows.length, 'picture');
  const openRow = rows.find(({ id }) => id === view.asset);

  return (
    <div className={css.page}>
      <VisuallyHidden component="h1">{words.title}</VisuallyHidden>
      {showFilters && (
        <FilterPanel
          filters={view.filters}
          facets={facets}
          labels={labels}
          onChange={(filters) => view.change({ filters })}
        />
      )}
      <div className={css.main}>
        <Toolbar
          projectId={projectId}
          shown={assets.data ? (assets.hasNextPage ? words.soFar(pictures) : words.allShown(pictures)) : ''}
          order={view.order}
          size={size}
          showObjects={showObjects}
          showFilters={showFilters}
          canSave={!isEmpty(view.filters)}
          onOrder={(order) => view.change({ order })}
          onSize={setSize}
          onShowObjects={setShowObjects}
          onShowFilters={setWantsFilters}
          onDialog={openDialog}
        />
        <SliceTabs
          projectId={projectId}
          filters={view.filters}
          onChange={(filters) => view.change({ filters })}
        />
        <FilterChips
          filters={view.filters}
          labels={labels}
          facets={facets}
          onChange={(filters) => view.change({ filters })}
        />
        <QueryView
          query={assets}
          skeleton={<GridSkeleton size={size} />}
          isEmpty={() => rows.length === 0}
          empty={<NothingHere projectId={projectId} view={view} />}
        >
          {() => (
            <AssetGrid
              projectId={projectId}
              rows={rows}
              labels={labels}
              selection={selection}
              open={view.asset}
              size={size}
              showObjects={showObjects}
              hasMore={assets.hasNextPage}
              isLoadingMore={assets.isFetchingNextPage}
              onMore={() => void assets.fetchNextPage()}
              onSelect={setSelection}
              onOpen={(asset) => view.change({ asset })}
            />
          )}
        </QueryView>
        <SelectionBar
          projectId={projectId}
          chosen={chosen}
          shownCount={rows.length}
          onDialog={openDialog}
          onAll={() => setSelection({ chosen: new Set(rows.map(({ id }) => id)), anchor: null })}
          onNone={() => setSelection(NOTHING)}
        />
      </div>
      {view.asset && (
        <AssetPanel
          projectId={projectId}
          assetId={view.asset}
          row={openRow}
          labels={labels}
          onClose={() => view.change({ asset: null })}
          onOpen={(asset) => view.change({ asset })}
          onAside={() => setTarget({ name: 'aside', assetIds: view.asset ? [view.asset] : [] })}
        />
      )}
      <Dialogs
        projectId={projectId}
        filters={view.filters}
        target={target}
        onClose={() => setTarget(null)}
        onDone={() => {
          setTarget(null);
          setSelection(NOTHING);
        }}
      />
    </div>
  );
}

function NothingHere({ projectId, view }: { projectId: string; view: GridView }) {
  if (!isEmpty(view.filters)) {
    return <EmptyState title={words.noneFit}>{words.noneFitWhy}</EmptyState>;
  }
  return (
    <EmptyState
      title={words.none}
      action={<ButtonLink to={paths.upload(projectId)}>{words.noneAdd}</ButtonLink>}
    >
      {words.noneWhy}
    </EmptyState>
  );
}

function GridSkeleton({ size }: { size: number }) {
  return (
    <Box className={css.scroll} aria-busy="true" aria-label="Loading">
      <Group className={css.grid} style={{ '--tile': `${size}px` } as React.CSSProperties}>
        {Array.from({ length: 24 }, (_, tile) => (
          <Skeleton key={tile} className={css.tileSkeleton} />
        ))}
      </Group>
    </Box>
  );
}
