import { useEffect, useRef, useSyncExternalStore } from 'react';

import { eventStream, type EventHandler, type StreamState } from '@/lib/event-stream';

/** Hear server events of one kind ('*' for all) while mounted. Caches are refreshed without this: see lib/invalidation. */
export function useEvent(kind: string, handler: EventHandler): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => eventStream.subscribe(kind, (event) => latest.current(event)), [kind]);
}

export function useStreamState(): StreamState {
  return useSyncExternalStore(
    (changed) => eventStream.onState(changed),
    () => eventStream.state,
  );
}
