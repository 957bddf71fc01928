import { useCallback, useState } from 'react';

import type { Reach } from './reach';
import { following, shareOf, wholeView, zoomed, type View } from './timeline-view';

/** A step of zooming the timeline. */
const ZOOM_STEP = 2;

/**
 * What of the video the timeline shows. A frame that comes is brought into sight; who then looks elsewhere, by wheel,
 * is not taken back.
 */
export function useTimelineView(frame: number, reach: Reach) {
  const [{ view, at }, set] = useState(() => ({ view: wholeView(reach), at: frame }));
  if (at !== frame) set({ view: following(view, frame, reach), at: frame });
  const setView = useCallback(
    (change: (view: View) => View) => set((now) => ({ ...now, view: change(now.view) })),
    [],
  );
  const zoom = (step: 1 | -1 | 0) =>
    setView((now) => {
      if (step === 0) return wholeView(reach);
      const seen = following(now, frame, reach);
      return zoomed(seen, ZOOM_STEP ** step, shareOf(seen, frame), reach);
    });
  return { view: at === frame ? view : following(view, frame, reach), setView, zoom };
}
