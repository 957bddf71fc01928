import { Text, Tooltip, type TextProps } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import { exactTime, timeAgo } from '@/lib/time';

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
export function TimeAgo({ at, timeZone, ...text }: Props) {
  const now = useSyncExternalStore(subscribe, () => Math.max(nowMs, new Date(at).getTime()));
  return (
    <Tooltip label={exactTime(at, timeZone)}>
      <Text component="time" dateTime={at} size="sm" {...text}>
        {timeAgo(at, now)}
      </Text>
    </Tooltip>
  );
}
