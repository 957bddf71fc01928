import { SegmentedControl, Select, Skeleton, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { countsQuery } from '@/features/live/camera/api';
import { Bars } from '@/features/live/camera/bars';
import css from '@/features/live/camera/camera.module.css';
import {
  barsOf,
  legendOf,
  measuresOf,
  shiftDay,
  type Bar,
  type Measure,
  type Part,
} from '@/features/live/camera/counts';
import { ExportMenu } from '@/features/live/camera/export-menu';
import {
  cameraWords as words,
  MEASURE_WORDS,
  PART_WORDS,
  ZONE_MEASURE_WORDS,
} from '@/features/live/camera/strings';
import { QueryView } from '@/components/query-view';

const WEEK_DAYS = 7;
const PARTS: readonly Part[] = ['view', 'zone', 'line', 'rule'];

type Props = {
  feedId: string;
  /** The day at the site, and today's where none is chosen. */
  day: string | undefined;
  shownDay: string | null;
  chosen: string | null;
  onChoose: (at: string | null) => void;
};

/** Counts by the hour, by label, zone or line, beside those of a week before. */
export function ChartPanel({ feedId, day, shownDay, chosen, onChoose }: Props) {
  const [part, setPart] = useState<Part>('view');
  const [wanted, setWanted] = useState<Measure>('tracks');
  const [isCompared, setCompared] = useState(false);
  const counts = useQuery(countsQuery(feedId, part, day));
  const weekBefore = shownDay ? shiftDay(shownDay, -WEEK_DAYS) : undefined;
  const before = useQuery({ ...countsQuery(feedId, part, weekBefore), enabled: isCompared && !!weekBefore });
  const measures = measuresOf(part, counts.data);
  const measure = measures.includes(wanted) ? wanted : (measures[0] ?? 'tracks');
  const nowMs = counts.dataUpdatedAt;
  return (
    <section className={css.panel} aria-label={words.counts}>
      <div className={css.head}>
        <SegmentedControl
          size="xs"
          aria-label="What is counted"
          data={PARTS.map((value) => ({ value, label: PART_WORDS[value] }))}
          value={part}
          onChange={(value) => setPart(value as Part)}
        />
        <Select
          size="xs"
          w={168}
          aria-label="Measure"
          allowDeselect={false}
          data={measures.map((value) => ({
            value,
            label: (part === 'zone' && ZONE_MEASURE_WORDS[value]) || MEASURE_WORDS[value],
          }))}
          value={measure}
          onChange={(value) => value && setWanted(value as Measure)}
        />
        <Switch
          size="xs"
          label={words.compare}
          checked={isCompared}
          onChange={(event) => setCompared(event.currentTarget.checked)}
        />
        <span className={css.spring} />
        {shownDay && <ExportMenu feedId={feedId} part={part} day={shownDay} />}
      </div>
      <QueryView query={counts} skeleton={<Skeleton height={212} />}>
        {(data) => {
          const bars = barsOf(data, part, measure, nowMs);
          const week =
            isCompared && before.data
              ? barsOf(before.data, part, measure, nowMs).map(({ value }) => value)
              : null;
          return (
            <>
              <Empty
                part={part}
                hasSeries={data.series.length > 0}
                isWatched={bars.some(({ value }) => value !== null)}
                isToday={day === undefined}
              />
              <Bars bars={bars} before={week} timeZone={data.time_zone} chosen={chosen} onChoose={onChoose} />
              <Legend bars={bars} isCompared={week !== null} />
            </>
          );
        }}
      </QueryView>
    </section>
  );
}

const EMPTY_WORDS: Record<Part, string> = {
  view: words.noCounts,
  zone: words.noZones,
  line: words.noLines,
  rule: words.noRules,
};

type EmptyProps = { part: Part; hasSeries: boolean; isWatched: boolean; isToday: boolean };

function Empty({ part, hasSeries, isWatched, isToday }: EmptyProps) {
  if (isWatched) return null;
  const text = EMPTY_WORDS[part];
  return (
    <Text size="sm" c="dimmed" mb="xs">
      {part === 'view' || hasSeries
        ? `${isToday ? words.noCountsYet : words.noCounts} ${words.noCountsWhy}`
        : text}
    </Text>
  );
}

function Legend({ bars, isCompared }: { bars: Bar[]; isCompared: boolean }) {
  const hasPart = bars.some(({ watched }) => watched !== null && watched > 0 && watched < 0.98);
  return (
    <div className={css.legend}>
      {legendOf(bars).map(({ key, name, color }) => (
        <span key={key} className={css.legendItem}>
          <i className={css.swatch} style={{ background: color }} aria-hidden />
          {name}
        </span>
      ))}
      {hasPart && (
        <span className={css.legendItem}>
          <i className={`${css.swatch} ${css.hatch}`} aria-hidden />
          {words.hatched}
        </span>
      )}
      {isCompared && (
        <span className={css.legendItem}>
          <i className={css.line} aria-hidden />
          {words.weekBefore}
        </span>
      )}
    </div>
  );
}
