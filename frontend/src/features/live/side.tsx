import { Skeleton, Tabs, Text } from '@mantine/core';
import {
  IconCamera,
  IconCameraOff,
  IconEye,
  IconPlugConnected,
  IconRulerMeasure,
  IconSparkles,
} from '@tabler/icons-react';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { capturesQuery, eventsQuery, type Capture, type Feed, type FeedEvent } from '@/features/live/api';
import { grouped, live, merged, stored, type Happening } from '@/features/live/events';
import css from '@/features/live/live.module.css';
import { liveWords as words, REASON_WORDS } from '@/features/live/strings';
import { PlainLink } from '@/components/links';
import { OpenIncidents } from '@/components/open-incidents';
import { TimeAgo } from '@/components/time';
import { useEvent } from '@/hooks/use-event';
import { score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const HEARD_MAX = 60;
const ICONS: Record<FeedEvent['kind'], typeof IconEye> = {
  state: IconPlugConnected,
  track: IconEye,
  capture: IconCamera,
  model: IconSparkles,
  camera: IconCameraOff,
  distance: IconRulerMeasure,
};

type Props = { projectId: string; feeds: Feed[] };

/** What happened lately, and what came back to be labelled. */
export function Side({ projectId, feeds }: Props) {
  const [heard, setHeard] = useState<Happening[]>([]);
  const cache = useQueryClient();
  useEvent('feed', (event) => {
    if (event.project_id !== projectId) return;
    const found = live(event, new Date().toISOString());
    if (!found) return;
    setHeard((before) => [found, ...before].slice(0, HEARD_MAX));
    if (found.kind === 'capture') void cache.invalidateQueries({ queryKey: ['feed-captures', found.feedId] });
  });
  const online = feeds.filter(({ state }) => state === 'online').length;
  return (
    <aside className={css.side} aria-label={words.now}>
      <div className={css.sideHead}>
        <Text fw={600} size="sm">
          {online} of {feeds.length} online
        </Text>
      </div>
      <OpenIncidents projectId={projectId} />
      <Tabs defaultValue="events" className={css.tabs} keepMounted={false}>
        <Tabs.List px="xs">
          <Tabs.Tab value="events">{words.events}</Tabs.Tab>
          <Tabs.Tab value="back">{words.sentBack}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="events" className={css.sideBody} tabIndex={0}>
          <Events projectId={projectId} feeds={feeds} heard={heard} />
        </Tabs.Panel>
        <Tabs.Panel value="back" className={css.sideBody} tabIndex={0}>
          <Captures projectId={projectId} feeds={feeds} />
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}

function Events({ projectId, feeds, heard }: Props & { heard: Happening[] }) {
  const fetched = useQueries({
    queries: feeds.map((feed) => eventsQuery(feed.id)),
    combine: (results) => ({
      isPending: results.some(({ isPending }) => isPending),
      list: results.flatMap(
        ({ data }, at) => data?.results.map((event) => stored(feeds[at]?.id ?? '', event)) ?? [],
      ),
    }),
  });
  const list = grouped(merged(heard, fetched.list));
  if (fetched.isPending && list.length === 0) return <Skeleton height={160} />;
  if (list.length === 0) return <Quiet>{words.noEvents}</Quiet>;
  return (
    <ul className={css.events}>
      {list.map((happening) => (
        <HappeningRow
          key={happening.key}
          projectId={projectId}
          happening={happening}
          feedName={feeds.find(({ id }) => id === happening.feedId)?.name}
        />
      ))}
    </ul>
  );
}

type RowProps = { projectId: string; happening: Happening; feedName?: string };

/** One entry of what happened, with a link to its task where there is one. */
export function HappeningRow({ projectId, happening, feedName }: RowProps) {
  const Icon = ICONS[happening.kind];
  const under = [feedName, happening.more > 0 && `and ${happening.more} more`].filter(Boolean).join(', ');
  const row = (
    <>
      <Icon size={15} stroke={1.6} aria-hidden className={css.eventIcon} />
      <span className={css.eventText}>
        <span>{happening.text}</span>
        {under && <span className={css.eventFeed}>{under}</span>}
      </span>
      <TimeAgo at={happening.at} size="xs" c="dimmed" />
    </>
  );
  return (
    <li>
      {happening.taskId ? (
        <PlainLink to={paths.annotate(projectId, happening.taskId)} className={css.event} data-link>
          {row}
        </PlainLink>
      ) : (
        <div className={css.event}>{row}</div>
      )}
    </li>
  );
}

function Captures({ projectId, feeds }: Props) {
  const { isPending, list } = useQueries({
    queries: feeds.map((feed) => capturesQuery(feed.id)),
    combine: (results) => ({
      isPending: results.some(({ isPending: waits }) => waits),
      list: results
        .flatMap(({ data }) => data?.results ?? [])
        .sort((a, b) => b.created_at.localeCompare(a.created_at)),
    }),
  });
  if (isPending && list.length === 0) return <Skeleton height={160} />;
  if (list.length === 0) return <Quiet>{words.noCaptures}</Quiet>;
  return (
    <div className={css.captures}>
      {list.map((capture) => (
        <CaptureCard key={capture.id} projectId={projectId} capture={capture} />
      ))}
    </div>
  );
}

/** A picture that came back, why, and the way to its task. */
export function CaptureCard({ projectId, capture }: { projectId: string; capture: Capture }) {
  const to = capture.task_id ? paths.annotate(projectId, capture.task_id) : paths.data(projectId);
  return (
    <PlainLink to={to} className={css.capture}>
      {capture.asset_id ? (
        <img src={`/api/v1/assets/${capture.asset_id}/thumbnail`} alt="" loading="lazy" />
      ) : (
        <span className={css.gone}>deleted</span>
      )}
      <span className={css.captureText}>
        {REASON_WORDS[capture.reason] ?? capture.reason}
        {capture.score !== null && ` ${score(capture.score)}`}
      </span>
      <TimeAgo at={capture.created_at} size="xs" c="dimmed" />
    </PlainLink>
  );
}

function Quiet({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed" p="sm">
      {children}
    </Text>
  );
}
