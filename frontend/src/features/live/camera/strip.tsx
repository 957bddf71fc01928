import { Tooltip } from '@mantine/core';

import type { Segment } from '@/features/live/camera/api';
import css from '@/features/live/camera/camera.module.css';
import { clock } from '@/features/live/camera/counts';
import { cameraWords as words, SEGMENT_WORDS } from '@/features/live/camera/strings';
import { percent } from '@/lib/numbers';
import { duration } from '@/lib/time';

type Props = { segments: Segment[]; from: string; to: string; timeZone: string };

const ms = (iso: string) => new Date(iso).getTime();

/** The day as a strip: online, and where not, why. What lies ahead stays empty. */
export function Strip({ segments, from, to, timeZone }: Props) {
  const start = ms(from);
  const length = Math.max(1, ms(to) - start);
  const pastMs = segments.reduce((sum, each) => sum + ms(each.ended_at) - ms(each.started_at), 0);
  const onlineMs = segments
    .filter(({ state }) => state === 'online')
    .reduce((sum, each) => sum + ms(each.ended_at) - ms(each.started_at), 0);
  const states = [...new Set(segments.map(({ state }) => state))];
  return (
    <div className={css.stripBox}>
      <ul className={css.strip} aria-label={words.day}>
        {segments.map((segment) => (
          <Tooltip key={segment.started_at} label={wordsOf(segment, timeZone)} multiline maw={320}>
            <li
              className={css.segment}
              data-state={segment.state}
              aria-label={wordsOf(segment, timeZone)}
              style={{
                left: `${(100 * (ms(segment.started_at) - start)) / length}%`,
                width: `${(100 * (ms(segment.ended_at) - ms(segment.started_at))) / length}%`,
              }}
            />
          </Tooltip>
        ))}
      </ul>
      <div className={css.legend}>
        {pastMs > 0 && <span className={css.share}>{percent(onlineMs / pastMs)} online</span>}
        {states.map((state) => (
          <span key={state} className={css.legendItem}>
            <i className={css.swatch} data-state={state} aria-hidden />
            {SEGMENT_WORDS[state]}
          </span>
        ))}
      </div>
    </div>
  );
}

function wordsOf(segment: Segment, timeZone: string): string {
  const time = `${clock(segment.started_at, timeZone)}–${clock(segment.ended_at, timeZone)}`;
  const long = duration((ms(segment.ended_at) - ms(segment.started_at)) / 1000);
  return `${time} ${SEGMENT_WORDS[segment.state]} (${long})${segment.detail ? `: ${segment.detail}` : ''}`;
}
