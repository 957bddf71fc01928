import { Button, Center, Loader } from '@mantine/core';
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';

import type { AssetRow } from '@/features/data/api';
import { AssetTile } from '@/features/data/asset-tile';
import css from '@/features/data/data.module.css';
import { extendTo, moved, NOTHING, toggleOne, type Selection } from '@/features/data/selection';
import { dataWords as words } from '@/features/data/strings';
import { useLatest } from '@/hooks/use-latest';
import type { Label } from '@/types/api';

type Props = {
  projectId: string;
  rows: AssetRow[];
  labels: readonly Label[];
  selection: Selection;
  open: string | null;
  size: number;
  showObjects: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  onSelect: (selection: Selection) => void;
  onOpen: (assetId: string | null) => void;
};

/** How many columns the browser made of the room there is. */
function columnsOf(grid: HTMLElement): number {
  return getComputedStyle(grid).gridTemplateColumns.split(' ').length;
}

export function AssetGrid(props: Props) {
  const { rows, selection, open, hasMore, isLoadingMore, onMore, onSelect, onOpen } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [here, setHere] = useState<string | null>(open);
  const ids = rows.map(({ id }) => id);
  const at = Math.max(0, here === null ? 0 : ids.indexOf(here));

  const choose = (id: string, range: boolean) => {
    setHere(id);
    onSelect(range ? extendTo(selection, ids, id) : toggleOne(selection, id));
  };
  const press = (row: AssetRow, event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) return choose(row.id, event.shiftKey);
    setHere(row.id);
    onOpen(row.id);
  };
  const goTo = (index: number, range: boolean) => {
    const id = ids[index];
    if (id === undefined) return;
    if (range)
      onSelect(extendTo(selection.anchor ? selection : { ...selection, anchor: ids[at] ?? id }, ids, id));
    setHere(id);
    if (open !== null) onOpen(id);
    const tile = grid.current?.querySelector<HTMLElement>(`[data-asset="${id}"]`);
    tile?.focus({ preventScroll: true });
    tile?.scrollIntoView({ block: 'nearest' });
  };
  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const id = ids[at];
    const next = grid.current ? moved(event.key, at, columnsOf(grid.current), rows.length) : null;
    if (next !== null) goTo(next, event.shiftKey);
    else if (event.key === ' ' && id) choose(id, event.shiftKey);
    else if (event.key === 'Enter' && id) onOpen(id);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      onSelect({ chosen: new Set(ids), anchor: id ?? null });
    } else if (event.key === 'Escape') {
      if (selection.chosen.size > 0) onSelect(NOTHING);
      else onOpen(null);
    } else return;
    event.preventDefault();
  };

  return (
    <div className={css.scroll} data-testid="grid-scroll">
      <div
        ref={grid}
        className={css.grid}
        style={{ '--tile': `${props.size}px` } as React.CSSProperties}
        role="grid"
        aria-label={words.title}
        aria-multiselectable
        onKeyDown={keyDown}
      >
        {/* How many fit beside each other is the style's business: to a screen reader they are one row. */}
        <div role="row" className={css.row}>
          {rows.map((row, index) => (
            <AssetTile
              key={row.id}
              row={row}
              projectId={props.projectId}
              labels={props.labels}
              isChosen={selection.chosen.has(row.id)}
              isOpen={open === row.id}
              isHere={index === at}
              showObjects={props.showObjects}
              onPress={press}
              onToggle={(pressed, event) => choose(pressed.id, event.shiftKey)}
            />
          ))}
        </div>
      </div>
      {hasMore && <More isLoading={isLoadingMore} onMore={onMore} />}
    </div>
  );
}

/** Fetches the next page as it comes near; a button for those whom that does not suit. */
function More({ isLoading, onMore }: { isLoading: boolean; onMore: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useLatest(onMore);
  useEffect(() => {
    const element = mark.current;
    if (!element || isLoading) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && latest.current(),
      { rootMargin: '600px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isLoading, latest]);
  return (
    <Center ref={mark} p="lg" mih={72}>
      {isLoading ? (
        <Loader size="sm" />
      ) : (
        <Button variant="default" onClick={onMore}>
          {words.more}
        </Button>
      )}
    </Center>
  );
}
