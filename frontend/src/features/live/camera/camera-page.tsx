import { ActionIcon, Badge, Button, Group, Skeleton, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import type { Feed } from '@/features/live/api';
import { countsQuery, feedQuery, historyQuery } from '@/features/live/camera/api';
import css from '@/features/live/camera/camera.module.css';
import { ChartPanel } from '@/features/live/camera/chart-panel';
import { dayWords, isDay, shiftDay, siteDay } from '@/features/live/camera/counts';
import { Figures } from '@/features/live/camera/figures';
import { Lists } from '@/features/live/camera/lists';
import { cameraWords as words } from '@/features/live/camera/strings';
import { Strip } from '@/features/live/camera/strip';
import { MissedButton } from '@/features/live/missed-button';
import { SettingsDialog } from '@/features/live/settings-dialog';
import { stateShown } from '@/features/live/strings';
import { Tile } from '@/features/live/tile';
import { useWall } from '@/features/live/use-wall';
import { ButtonLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { usePageTitle } from '@/hooks/use-page-title';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

/** One camera: live, its day, what was counted, what came back and what happened. */
export default function CameraPage() {
  const feedId = useParam('feedId');
  const feed = useQuery(feedQuery(feedId));
  usePageTitle(feed.data?.name);
  return (
    <QueryView query={feed} skeleton={<PageSkeleton />}>
      {(data) => <Camera feed={data} />}
    </QueryView>
  );
}

function Camera({ feed }: { feed: Feed }) {
  const projectId = feed.project_id;
  const { day: asked }: { day?: string } = useSearch({ strict: false });
  const day = isDay(asked) ? asked : undefined;
  const [chosen, setChosen] = useState<string | null>(null);
  const counts = useQuery(countsQuery(feed.id, 'view', day));
  const history = useQuery(historyQuery(feed.id, day));
  const timeZone = counts.data?.time_zone ?? 'UTC';
  const first = counts.data?.bins[0];
  const last = counts.data?.bins.at(-1);
  const shownDay = first ? siteDay(new Date(first.at).getTime(), timeZone) : null;
  const hour = counts.data?.bins.find(({ at }) => at === chosen);
  const window = hour
    ? { from: hour.at, to: hour.ends_at }
    : first && last && { from: first.at, to: last.ends_at };
  return (
    <PageFrame
      title={feed.name}
      about={[feed.camera_name !== feed.name && feed.camera_name, timeZone].filter(Boolean).join(' · ')}
      actions={
        <>
          <Badge variant="light" color={stateShown(feed).color}>
            {stateShown(feed).text}
          </Badge>
          <ButtonLink
            size="xs"
            variant="default"
            leftSection={<IconArrowLeft size={15} />}
            to={paths.live(projectId)}
          >
            {words.back}
          </ButtonLink>
        </>
      }
    >
      <Stack gap="md">
        <div className={css.top}>
          <LivePicture feed={feed} />
          <div className={css.facts}>
            <section className={css.panel} aria-label={words.day}>
              <DayPicker day={shownDay} timeZone={timeZone} onDay={() => setChosen(null)} />
              {first && last && history.data ? (
                <Strip segments={history.data} from={first.at} to={last.ends_at} timeZone={timeZone} />
              ) : (
                <Skeleton height={44} />
              )}
            </section>
            <Figures counts={counts.data} />
          </div>
        </div>
        <ChartPanel feedId={feed.id} day={day} shownDay={shownDay} chosen={chosen} onChoose={setChosen} />
        {window && (
          <Lists
            projectId={projectId}
            feedId={feed.id}
            window={window}
            timeZone={timeZone}
            onWhole={hour ? () => setChosen(null) : null}
          />
        )}
      </Stack>
    </PageFrame>
  );
}

function LivePicture({ feed }: { feed: Feed }) {
  const [isSetting, setSetting] = useState(false);
  const navigate = useNavigate();
  const labels = useProject(feed.project_id).data?.ontology.labels ?? [];
  const { wall, facts } = useWall(feed.enabled ? [feed.id] : []);
  return (
    <Stack gap="xs">
      <Tile
        feed={feed}
        wall={wall}
        facts={facts.get(feed.id)}
        isBig={false}
        colorOf={(name) => labels.find((label) => label.name === name)?.color}
        onBig={() => void navigate({ to: paths.live(feed.project_id), search: { feed: feed.id } })}
        onSettings={() => setSetting(true)}
      />
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {words.missedAbout}
        </Text>
        <MissedButton feed={feed} wall={wall} />
      </Group>
      {isSetting && <SettingsDialog feed={feed} onClose={() => setSetting(false)} />}
    </Stack>
  );
}

function DayPicker({ day, timeZone, onDay }: { day: string | null; timeZone: string; onDay: () => void }) {
  const navigate = useNavigate();
  const [today] = useState(() => Date.now());
  const newest = siteDay(today, timeZone);
  const go = (to: string | null) => {
    onDay();
    void navigate({ to: '.', search: to && to !== newest ? { day: to } : {} });
  };
  if (!day) return <Skeleton height={30} mb="sm" />;
  return (
    <div className={css.head}>
      <Tooltip label={words.earlier}>
        <ActionIcon variant="default" aria-label={words.earlier} onClick={() => go(shiftDay(day, -1))}>
          <IconChevronLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <Text size="sm" fw={600} miw={96} ta="center">
        {day === newest ? words.today : dayWords(day)}
      </Text>
      <Tooltip label={words.later}>
        <ActionIcon
          variant="default"
          aria-label={words.later}
          disabled={day >= newest}
          onClick={() => go(shiftDay(day, 1))}
        >
          <IconChevronRight size={16} />
        </ActionIcon>
      </Tooltip>
      <span className={css.spring} />
      <TextInput
        type="date"
        size="xs"
        aria-label="Day"
        value={day}
        max={newest}
        onChange={(event) => isDay(event.currentTarget.value) && go(event.currentTarget.value)}
      />
      {day !== newest && (
        <Button size="xs" variant="subtle" onClick={() => go(null)}>
          {words.today}
        </Button>
      )}
    </div>
  );
}

function PageSkeleton() {
  return (
    <Stack p="lg" gap="md" aria-busy="true" aria-label="Loading">
      <Skeleton height={36} w={260} />
      <Skeleton height={260} />
      <Skeleton height={240} />
    </Stack>
  );
}
