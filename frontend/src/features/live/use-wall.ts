import { useDocumentVisibility } from '@mantine/hooks';
import { useEffect, useMemo, useSyncExternalStore } from 'react';

import { streamUrl, WallStream } from '@/features/live/frames';

/** The wall's one stream for these feeds; closed while nobody looks at the tab. */
export function useWall(feedIds: readonly string[]) {
  const url = streamUrl([...feedIds].sort());
  const wall = useMemo(() => new WallStream(url), [url]);
  const isLooking = useDocumentVisibility() === 'visible' && feedIds.length > 0;
  useEffect(() => {
    if (!isLooking) return;
    wall.start();
    return () => wall.stop();
  }, [wall, isLooking]);
  const { state, facts } = useSyncExternalStore(wall.subscribe, wall.read);
  return { wall, state, facts };
}
