import { useCallback, useState } from 'react';

import { following, shareOf, wholeView, zoomed, type View } from './timeline-view';

/** A step of zooming the timeline. */
const ZOOM_STEP = 2;

/**
 * What of the video the timeline shows. A frame that comes is brought into sight; who then looks elsewhere, by wheel,
 * is not taken back.
 */
export function useTimelineView(frame: number, frameCount: number) {
  const last = Math.max(1, frameCount - 1);
  const [{ view, at }, set] = useState(() => ({ view: wholeView(last), at: frame }));
  if (at !== frame) set({ view: following(view, frame, last), at: frame });
  const setView = useCallback(
    (change: (view: View) => View) => set((now) => ({ ...now, view: change(now.view) })),
    [],
  );
  const zoom = (step: 1 | -1 | 0) =>
    setView((now) => {
      if (step === 0) return wholeView(last);
      const seen = following(now, frame, last);
      return zoomed(seen, ZOOM_STEP ** step, shareOf(seen, frame), last);
    });
  return { view: at === frame ? view : following(view, frame, last), setView, zoom };
}
