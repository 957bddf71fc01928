import { Alert, Button, Skeleton, VisuallyHidden } from '@mantine/core';
import { IconPlus, IconVideo } from '@tabler/icons-react';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { AddDialog } from '@/features/live/add-dialog';
import { feedsQuery, type Feed } from '@/features/live/api';
import { FEEDS_MAX } from '@/features/live/frames';
import { wallLayout } from '@/features/live/layout';
import css from '@/features/live/live.module.css';
import { SettingsDialog } from '@/features/live/settings-dialog';
import { Side } from '@/features/live/side';
import { liveWords as words } from '@/features/live/strings';
import { Tile } from '@/features/live/tile';
import { useWall } from '@/features/live/use-wall';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useMay, useProject } from '@/hooks/use-project';
import { useParam } from '@/hooks/use-param';
import { paths } from '@/lib/paths';

export default function LivePage() {
  const projectId = useParam('projectId');
  const feeds = useQuery(feedsQuery(projectId));
  const isManager = useMay(projectId, 'manager');
  const [isAdding, setAdding] = useState(false);
  const add = isManager && (
    <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <div className={css.page}>
      <QueryView
        query={feeds}
        skeleton={<WallSkeleton />}
        isEmpty={(list) => list.length === 0}
        empty={
          <div className={css.empty}>
            <VisuallyHidden component="h1">{words.title}</VisuallyHidden>
            <EmptyState title={words.none} icon={IconVideo} action={add}>
              {words.noneWhy}
            </EmptyState>
          </div>
        }
      >
        {(list) => <Wall projectId={projectId} feeds={list} add={add} />}
      </QueryView>
      {isAdding && <AddDialog projectId={projectId} onClose={() => setAdding(false)} />}
    </div>
  );
}

function Wall({ projectId, feeds, add }: { projectId: string; feeds: Feed[]; add: React.ReactNode }) {
  const { feed: bigId }: { feed?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [settingsOf, setSettingsOf] = useState<string | null>(null);
  const labels = useProject(projectId).data?.ontology.labels ?? [];
  const onWall = feeds.slice(0, FEEDS_MAX);
  const big = onWall.find(({ id }) => id === bigId);
  const shown = big ? [big] : onWall;
  const { wall, state, facts } = useWall(onWall.filter(({ enabled }) => enabled).map(({ id }) => id));
  const colorOf = (name: string) => labels.find((label) => label.name === name)?.color;
  const { ref, width, height } = useElementSize();
  const { columns, tilePx } = wallLayout(shown.length, width, height);
  const edited = feeds.find(({ id }) => id === settingsOf);
  return (
    <>
      <div className={css.main}>
        <div className={css.bar}>
          <h1 className={css.title}>{words.title}</h1>
          {feeds.length > FEEDS_MAX && <span className={css.dim}>{words.tooMany}</span>}
          <span className={css.spring} />
          {add}
        </div>
        {state === 'waiting' && (
          <Alert color="yellow" variant="light" py={6} mx="sm" mt="xs">
            {words.wallDown}
          </Alert>
        )}
        <div
          ref={ref}
          className={css.wall}
          style={{ '--columns': columns, '--tile': `${tilePx}px` } as React.CSSProperties}
          data-big={big && true}
        >
          {shown.map((feed) => (
            <Tile
              key={feed.id}
              feed={feed}
              wall={wall}
              facts={facts.get(feed.id)}
              isBig={feed === big}
              colorOf={colorOf}
              onBig={(isBig) =>
                void navigate({ to: paths.live(projectId), search: isBig ? { feed: feed.id } : {} })
              }
              onSettings={() => setSettingsOf(feed.id)}
            />
          ))}
        </div>
      </div>
      <Side projectId={projectId} feeds={feeds} />
      {edited && <SettingsDialog feed={edited} onClose={() => setSettingsOf(null)} />}
    </>
  );
}

function WallSkeleton() {
  return (
    <div className={css.main} aria-busy="true" aria-label="Loading">
      <div className={css.bar} />
      <div className={css.wall} style={{ '--columns': 2, '--tile': '1fr' } as React.CSSProperties}>
        {[0, 1, 2, 3].map((tile) => (
          <Skeleton key={tile} className={css.tile} />
        ))}
      </div>
    </div>
  );
}
