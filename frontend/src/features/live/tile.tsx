import { ActionIcon, Button, Loader, Menu, Text, Tooltip } from '@mantine/core';
import {
  IconChartBar,
  IconDots,
  IconMaximize,
  IconMinimize,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconRulerMeasure,
  IconScreenShare,
  IconSettings,
  IconVectorTriangle,
} from '@tabler/icons-react';

import { feedRestart, feedUpdate, type Feed } from '@/features/live/api';
import { countsOf, floorShown, metresText, nearText, type Floor } from '@/features/live/floor';
import { SILENT_AFTER_S, type Facts, type WallStream } from '@/features/live/frames';
import css from '@/features/live/live.module.css';
import { MissedButton } from '@/features/live/missed-button';
import { liveWords as words, stateShown, STATE_WORDS } from '@/features/live/strings';
import { TileCanvas } from '@/features/live/tile-canvas';
import { IconLink, PlainLink } from '@/components/links';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { count, plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { duration } from '@/lib/time';

type Props = {
  feed: Feed;
  wall: WallStream;
  facts: Facts | undefined;
  isBig: boolean;
  colorOf: (label: string) => string | undefined;
  onBig: (big: boolean) => void;
  onSettings: () => void;
};

export function Tile(props: Props) {
  const { feed, wall, facts, colorOf } = props;
  const isOnline = feed.state === 'online' && !feed.is_unwatched;
  const isSilent = isOnline && facts !== undefined && facts.silentS > SILENT_AFTER_S;
  const shown = stateShown(feed);
  return (
    <article className={css.tile} aria-label={feed.name} data-dim={!isOnline || isSilent || undefined}>
      {isOnline ? (
        <TileCanvas
          wall={wall}
          feedId={feed.id}
          name={feed.name}
          colorOf={colorOf}
          shown={floorShown(feed.settings)}
        />
      ) : (
        // Without boxes: what was drawn on the last frame is not there any more.
        <Snapshot feed={feed} />
      )}
      <header className={css.tileHead}>
        <span
          className={css.stateDot}
          style={{ background: `var(--mantine-color-${isSilent ? 'yellow' : shown.color}-5)` }}
          aria-hidden
        />
        <span className={css.tileName} title={feed.name}>
          {feed.name}
        </span>
        {feed.camera_name && feed.camera_name !== feed.name && (
          <span className={css.quiet}>{feed.camera_name}</span>
        )}
        <span className={css.spring} />
        <TileMenu {...props} />
      </header>
      <Over feed={feed} facts={facts} isSilent={isSilent} />
      <footer className={css.tileFoot}>
        <span>{isSilent ? `${words.silent} ${duration(facts?.silentS ?? 0)}` : shown.text}</span>
        {isOnline && (
          <>
            <Figure name="from the camera to the screen" isMinor>
              {Math.round(facts?.latencyMs ?? feed.stats.latency_ms.p50)} ms
            </Figure>
            <Figure name="pictures looked at a second">{(facts?.fps ?? feed.stats.fps).toFixed(1)}/s</Figure>
            <Figure name="pictures left out to keep up" isMinor>
              {count(feed.stats.dropped)} dropped
            </Figure>
          </>
        )}
        <span className={css.spring} />
        {isOnline && facts && <FloorFacts floor={facts.floor} />}
        {isOnline && facts && <span>{plural(facts.objects, 'object')}</span>}
        {feed.stats.sent_back > 0 && <span className={css.minor}>{count(feed.stats.sent_back)} back</span>}
      </footer>
    </article>
  );
}

/** What the floor says in one look; nothing of it for a camera that is not calibrated. */
function FloorFacts({ floor }: { floor: Floor }) {
  if (floor.view === 'none') return null;
  if (floor.view !== 'measured') return <span className={css.warn}>{words.noMetres[floor.view]}</span>;
  const counts = countsOf(floor);
  const { near, closest } = counts;
  return (
    <span className={near > 0 ? css.warn : undefined}>
      {nearText(counts)}
      {closest && `, closest ${metresText(closest.metres, closest.plus_minus_m)}`}
    </span>
  );
}

function Figure({
  name,
  isMinor = false,
  children,
}: {
  name: string;
  /** The first to go where the tile is small; the camera's own page has it. */
  isMinor?: boolean;
  children: React.ReactNode;
}) {
  return (
    <Tooltip label={name}>
      <span className={isMinor ? css.minor : undefined}>{children}</span>
    </Tooltip>
  );
}

/** The last picture of a feed that is not running, if there is one. */
function Snapshot({ feed }: { feed: Feed }) {
  if (!feed.last_frame_at) return null;
  return (
    <img
      className={css.snapshot}
      src={`/api/v1/feeds/${feed.id}/snapshot.jpg`}
      alt=""
      onError={(event) => (event.currentTarget.hidden = true)}
    />
  );
}

function useTurning(feed: Feed) {
  const makesOld = [['feeds', feed.project_id]];
  const enable = useAction({ run: (enabled: boolean) => feedUpdate(feed.id, { enabled }), makesOld });
  const restart = useAction({ run: () => feedRestart(feed.id), makesOld });
  return { enable, restart };
}

/** What stands in the middle of a tile that shows nothing. */
function Over({ feed, facts, isSilent }: { feed: Feed; facts: Facts | undefined; isSilent: boolean }) {
  const isManager = useMay(feed.project_id, 'manager');
  const { enable, restart } = useTurning(feed);
  if (feed.is_unwatched)
    return (
      <Notice>
        <Text size="sm" fw={600}>
          {words.unwatched}
        </Text>
        <Text size="xs" maw={320}>
          {words.unwatchedWhy}
        </Text>
      </Notice>
    );
  if (feed.state === 'online') {
    if (feed.settings.process_only) return <Notice>{words.processOnly}</Notice>;
    if (isSilent) return null;
    return facts ? (
      feed.state_detail && <Notice isLow>{feed.state_detail}</Notice>
    ) : (
      <Notice>
        <Loader size="sm" color="white" />
      </Notice>
    );
  }
  return (
    <Notice>
      {feed.state === 'starting' && <Loader size="sm" color="white" />}
      <Text size="sm" fw={600}>
        {STATE_WORDS[feed.state]}
      </Text>
      {feed.state_detail && (
        <Text size="xs" lineClamp={3} maw={320}>
          {feed.state_detail}
        </Text>
      )}
      {isManager && feed.state === 'paused' && (
        <Button
          size="compact-sm"
          variant="white"
          loading={enable.isPending}
          onClick={() => enable.mutate(true)}
        >
          {words.resume}
        </Button>
      )}
      {isManager && (feed.state === 'ended' || feed.state === 'offline') && (
        <Button
          size="compact-sm"
          variant="white"
          loading={restart.isPending}
          onClick={() => restart.mutate()}
        >
          {words.restart}
        </Button>
      )}
    </Notice>
  );
}

function Notice({ children, isLow = false }: { children: React.ReactNode; isLow?: boolean }) {
  return (
    <div className={css.notice} data-low={isLow || undefined}>
      {children}
    </div>
  );
}

function TileMenu({ feed, wall, isBig, onBig, onSettings }: Props) {
  const isManager = useMay(feed.project_id, 'manager');
  const { enable, restart } = useTurning(feed);
  const icon = { size: 15, stroke: 1.6 };
  const grow = isBig ? words.shrink : words.grow;
  return (
    <>
      <MissedButton feed={feed} wall={wall} isIcon />
      <Tooltip label={words.history}>
        <IconLink
          className={css.onPicture}
          aria-label={`${words.history}: ${feed.name}`}
          to={paths.camera(feed.project_id, feed.id)}
        >
          <IconChartBar {...icon} />
        </IconLink>
      </Tooltip>
      <Tooltip label={grow}>
        <ActionIcon className={css.onPicture} aria-label={grow} onClick={() => onBig(!isBig)}>
          {isBig ? <IconMinimize {...icon} /> : <IconMaximize {...icon} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label={words.mirror}>
        <IconLink
          className={css.onPicture}
          variant="subtle"
          aria-label={`${words.mirror}: ${feed.name}`}
          to={paths.mirror(feed.id)}
        >
          <IconScreenShare {...icon} />
        </IconLink>
      </Tooltip>
      {isManager && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon className={css.onPicture} aria-label={`More for ${feed.name}`}>
              <IconDots {...icon} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {feed.enabled ? (
              <Menu.Item leftSection={<IconPlayerPause {...icon} />} onClick={() => enable.mutate(false)}>
                {words.pause}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconPlayerPlay {...icon} />} onClick={() => enable.mutate(true)}>
                {words.resume}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconRefresh {...icon} />} onClick={() => restart.mutate()}>
              {words.restart}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconRulerMeasure {...icon} />}
              component={PlainLink}
              to={paths.calibrateFeed(feed.id)}
            >
              {words.calibrate}…
            </Menu.Item>
            <Menu.Item
              leftSection={<IconVectorTriangle {...icon} />}
              component={PlainLink}
              to={paths.zones(feed.project_id, feed.id)}
            >
              {words.zones}
            </Menu.Item>
            <Menu.Item leftSection={<IconSettings {...icon} />} onClick={onSettings}>
              {words.settings}…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
