import { Text, Tooltip, type TextProps } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import { exactTime, timeAgo, timeSince } from '@/lib/time';

const TICK_MS = 20_000;
let nowMs = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

/** One clock for every relative time on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    listeners.forEach((each) => each());
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

type Props = TextProps & { at: string; timeZone?: string };

/** "3 minutes ago", the exact time on hover (in the site's zone where one is given). */
export const TimeAgo = (props: Props) => <Relative {...props} say={timeAgo} />;

/** "3 minutes", after a word such as "for": how long it has lasted since. */
export const TimeSince = (props: Props) => <Relative {...props} say={timeSince} />;

type RelativeProps = Props & { say: (iso: string, nowMs: number) => string };

function Relative({ at, timeZone, say, ...text }: RelativeProps) {
  const now = useSyncExternalStore(subscribe, () => Math.max(nowMs, new Date(at).getTime()));
  return (
    <Tooltip label={exactTime(at, timeZone)}>
      <Text component="time" dateTime={at} size="sm" {...text}>
        {say(at, now)}
      </Text>
    </Tooltip>
  );
}
