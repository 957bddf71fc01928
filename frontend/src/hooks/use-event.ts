import { useEffect, useSyncExternalStore } from 'react';

import { useLatest } from '@/hooks/use-latest';
import { eventStream, type EventHandler, type StreamState } from '@/lib/event-stream';

/** Hear server events of one kind ('*' for all) while mounted. Caches are refreshed without this: see lib/invalidation. */
export function useEvent(kind: string, handler: EventHandler): void {
  const latest = useLatest(handler);
  useEffect(() => eventStream.subscribe(kind, (event) => latest.current(event)), [kind, latest]);
}

export function useStreamState(): StreamState {
  return useSyncExternalStore(
    (changed) => eventStream.onState(changed),
    () => eventStream.state,
  );
}
