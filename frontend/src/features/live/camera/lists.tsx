import { Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import {
  windowCapturesQuery,
  windowEventsQuery,
  windowIncidentsQuery,
  type Window,
} from '@/features/live/camera/api';
import css from '@/features/live/camera/camera.module.css';
import { clock } from '@/features/live/camera/counts';
import { cameraWords as words } from '@/features/live/camera/strings';
import { grouped, stored } from '@/features/live/events';
import { CaptureCard, HappeningRow } from '@/features/live/side';
import live from '@/features/live/live.module.css';
import { PlainLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { TimeAgo } from '@/components/time';
import { paths } from '@/lib/paths';

type Props = {
  projectId: string;
  feedId: string;
  window: Window;
  timeZone: string;
  /** Set while an hour is chosen in the chart. */
  onWhole: (() => void) | null;
};

/** What came back and what happened, within the day or the hour that was pressed in the chart. */
export function Lists({ projectId, feedId, window, timeZone, onWhole }: Props) {
  const captures = useQuery(windowCapturesQuery(feedId, window));
  const events = useQuery(windowEventsQuery(feedId, window));
  const incidents = useQuery(windowIncidentsQuery(projectId, feedId, window));
  const hour = onWhole && `${clock(window.from, timeZone)}–${clock(window.to, timeZone)}`;
  return (
    <div className={css.lists}>
      <section className={css.panel} aria-label={words.sentBack}>
        <Head title={words.sentBack} hour={hour} onWhole={onWhole} />
        <QueryView
          query={captures}
          skeleton={<Skeleton height={140} />}
          isEmpty={({ results }) => results.length === 0}
          empty={<Quiet>{words.noCaptures}</Quiet>}
        >
          {({ results }) => (
            <div className={`${css.captures} ${css.scroll}`}>
              {results.map((capture) => (
                <CaptureCard key={capture.id} projectId={projectId} capture={capture} />
              ))}
            </div>
          )}
        </QueryView>
      </section>
      <div className={css.facts}>
        <section className={css.panel} aria-label={words.incidents}>
          <Head title={words.incidents} hour={hour} onWhole={onWhole} />
          <QueryView
            query={incidents}
            skeleton={<Skeleton height={60} />}
            isEmpty={({ results }) => results.length === 0}
            empty={<Quiet>{words.noIncidents}</Quiet>}
          >
            {({ results }) => (
              <ul className={`${live.events} ${css.scroll}`}>
                {results.map((incident) => (
                  <li key={incident.id}>
                    <PlainLink to={paths.incident(projectId, incident.id)} className={live.event} data-link>
                      <span className={live.eventText}>{incident.name}</span>
                      <TimeAgo at={incident.opened_at} timeZone={timeZone} size="xs" c="dimmed" />
                    </PlainLink>
                  </li>
                ))}
              </ul>
            )}
          </QueryView>
        </section>
        <section className={css.panel} aria-label={words.events}>
          <Head title={words.events} hour={hour} onWhole={onWhole} />
          <QueryView
            query={events}
            skeleton={<Skeleton height={140} />}
            isEmpty={({ results }) => results.length === 0}
            empty={<Quiet>{words.noEvents}</Quiet>}
          >
            {({ results }) => (
              <ul className={`${live.events} ${css.scroll}`}>
                {grouped(results.map((event) => stored(feedId, event))).map((happening) => (
                  <HappeningRow key={happening.key} projectId={projectId} happening={happening} />
                ))}
              </ul>
            )}
          </QueryView>
        </section>
      </div>
    </div>
  );
}

function Head({
  title,
  hour,
  onWhole,
}: {
  title: string;
  hour: string | null;
  onWhole: (() => void) | null;
}) {
  return (
    <div className={css.head}>
      <Text component="h2" size="sm" fw={600} m={0}>
        {title}
        {hour && `, ${hour}`}
      </Text>
      <span className={css.spring} />
      {onWhole && (
        <Button size="compact-xs" variant="subtle" onClick={onWhole}>
          {words.wholeDay}
        </Button>
      )}
    </div>
  );
}

function Quiet({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
