import { ActionIcon, Alert, Anchor, Button, Group, Loader, Switch, Text, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconMaximize, IconVolume, IconVolumeOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

import { NearAlarm, tone } from '@/features/live/alarm';
import { countsQuery, feedQuery, type Feed } from '@/features/live/api';
import { countsText } from '@/features/live/events';
import { countsOf, floorShown, metresText, NO_FLOOR, type Floor } from '@/features/live/floor';
import type { LiveFrame } from '@/features/live/frames';
import css from '@/features/live/mirror.module.css';
import { mirrorWords as words } from '@/features/live/strings';
import { TileCanvas } from '@/features/live/tile-canvas';
import { useWall } from '@/features/live/use-wall';
import { ButtonLink, IconLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { TimeAgo } from '@/components/time';
import { useEvent } from '@/hooks/use-event';
import { useParam } from '@/hooks/use-param';
import { useMay, useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

export default function MirrorPage() {
  const feed = useQuery(feedQuery(useParam('feedId')));
  return (
    <div className={css.page}>
      <QueryView query={feed} skeleton={<Loader m="auto" color="white" />}>
        {(found) => <Mirror feed={found} />}
      </QueryView>
    </div>
  );
}

/** People see themselves as in a mirror, with a circle round their feet: red where somebody is too near. */
function Mirror({ feed }: { feed: Feed }) {
  const { wall, facts } = useWall([feed.id]);
  const [isOver, setOver] = useState(false);
  const sound = useSound();
  const labels = useProject(feed.project_id).data?.ontology.labels ?? [];
  const floor = facts.get(feed.id)?.floor ?? NO_FLOOR;
  const onFrame = (frame: LiveFrame) => {
    const { near } = countsOf(frame.floor);
    setOver(near > 0);
    sound.hear(near);
  };
  return (
    <main className={css.mirror} data-near={isOver || undefined} aria-label={`Mirror of ${feed.name}`}>
      <TileCanvas
        wall={wall}
        feedId={feed.id}
        name={feed.name}
        colorOf={(name) => labels.find((label) => label.name === name)?.color}
        shown={floorShown(feed.settings)}
        isMirrored
        onFrame={onFrame}
      />
      <Head feed={feed} sound={sound} />
      {!facts.has(feed.id) && (
        <div className={css.wait}>
          <Text>{feed.settings.process_only ? words.processOnly : words.waiting}</Text>
        </div>
      )}
      <Foot feed={feed} floor={floor} isSeen={facts.has(feed.id)} />
    </main>
  );
}

type Sound = ReturnType<typeof useSound>;

function useSound() {
  const [isOn, setOn] = useState(false);
  const context = useRef<AudioContext | null>(null);
  const alarm = useRef(new NearAlarm());
  useEffect(() => () => void context.current?.close(), []);
  const turn = (on: boolean) => {
    setOn(on);
    context.current ??= on ? new AudioContext() : null;
    if (on && context.current) tone(context.current);
  };
  const hear = (near: number) => {
    if (alarm.current.take(near, performance.now()) && isOn && context.current) tone(context.current);
  };
  return { isOn, turn, hear };
}

function Head({ feed, sound }: { feed: Feed; sound: Sound }) {
  const icon = { size: 18, stroke: 1.6 };
  return (
    <header className={css.head}>
      <Tooltip label={words.back}>
        <IconLink
          className={css.button}
          variant="subtle"
          aria-label={words.back}
          to={paths.live(feed.project_id)}
        >
          <IconArrowLeft {...icon} />
        </IconLink>
      </Tooltip>
      <h1 className={css.title}>{feed.name}</h1>
      <span className={css.spring} />
      <Tooltip label={words.soundAbout}>
        <Switch
          checked={sound.isOn}
          onChange={(event) => sound.turn(event.currentTarget.checked)}
          label={sound.isOn ? words.soundOn : words.soundOff}
          thumbIcon={
            sound.isOn ? <IconVolume size={11} color="#111" /> : <IconVolumeOff size={11} color="#111" />
          }
        />
      </Tooltip>
      <Tooltip label={words.full}>
        <ActionIcon
          className={css.button}
          aria-label={words.full}
          onClick={() =>
            void (document.fullscreenElement
              ? document.exitFullscreen()
              : document.documentElement.requestFullscreen())
          }
        >
          <IconMaximize {...icon} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

function Foot({ feed, floor, isSeen }: { feed: Feed; floor: Floor; isSeen: boolean }) {
  const { people, near, unsure, closest } = countsOf(floor);
  return (
    <footer className={css.foot}>
      {floor.view === 'measured' ? (
        <div className={css.counts} role="status">
          <Count value={people} name={people === 1 ? words.person : words.people} />
          <Count value={near} name={words.near} isBad={near > 0} />
          {unsure > 0 && <Count value={unsure} name={words.unsure} />}
          {closest && <span>closest {metresText(closest.metres, closest.plus_minus_m)}</span>}
        </div>
      ) : (
        isSeen && <NoMetres feed={feed} view={floor.view} />
      )}
      <Log feed={feed} />
    </footer>
  );
}

function Count({ value, name, isBad = false }: { value: number; name: string; isBad?: boolean }) {
  return (
    <span className={css.count} data-bad={isBad || undefined}>
      <strong>{value}</strong> {name}
    </span>
  );
}

function NoMetres({ feed, view }: { feed: Feed; view: 'none' | 'moved' | 'lost' }) {
  const isManager = useMay(feed.project_id, 'manager');
  return (
    <Alert color="yellow" variant="filled" className={css.alert} role="status">
      <Group gap="sm" justify="space-between">
        <Text size="sm" c="dark.9">
          {words[view]}
        </Text>
        {isManager && view !== 'lost' && (
          <ButtonLink size="compact-sm" variant="white" color="dark" to={paths.calibrateFeed(feed.id)}>
            {view === 'moved' ? words.look : words.calibrate}
          </ButtonLink>
        )}
      </Group>
    </Alert>
  );
}

function Log({ feed }: { feed: Feed }) {
  const [isOpen, setOpen] = useState(false);
  const cache = useQueryClient();
  const { data, isPending } = useQuery({ ...countsQuery(feed.id), enabled: isOpen });
  useEvent('feed', ({ data: { id, event } }) => {
    if (id === feed.id && event === 'distance')
      void cache.invalidateQueries({ queryKey: ['feed-log', feed.id] });
  });
  return (
    <section className={css.log} aria-label={words.log}>
      <Group gap="sm" justify="flex-end">
        <Anchor c="white" size="sm" href={`/api/v1/feeds/${feed.id}/status.json`} target="_blank">
          {words.status}
        </Anchor>
        <Button
          size="compact-sm"
          variant="white"
          color="dark"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {words.log}
        </Button>
      </Group>
      {isOpen && (
        // Long lists scroll, by keyboard as well.
        <ol className={css.lines} tabIndex={0} aria-label={words.log}>
          {!isPending && data?.results.length === 0 && <li>{words.logEmpty}</li>}
          {data?.results.map((line) => (
            <li key={line.id}>
              <span>{countsText(line.payload)}</span>
              <TimeAgo at={line.at} size="xs" c="gray.4" />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
