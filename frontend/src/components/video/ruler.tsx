import { useState, type PointerEvent, type ReactNode, type Ref } from 'react';

import { count } from '@/lib/numbers';

import type { Filmstrip } from './filmstrip';
import { Preview } from './preview';
import type { Reach } from './reach';
import { videoWords as words } from './strings';
import { frameAtShare, shareOf, ticksOf, type View } from './timeline-view';
import css from './video.module.css';

type Props = {
  ref: Ref<HTMLDivElement>;
  view: View;
  frame: number;
  reach: Reach;
  times: readonly number[];
  strip: Filmstrip | null;
  onSeek: (frame: number) => void;
  /** A hand goes along; `onSeek` follows where it lets go. */
  onDrag: (frame: number) => void;
  children?: ReactNode;
};

/** Frame numbers, and the place where a hand goes through the video. */
export function Ruler({ ref, view, frame, reach, times, strip, onSeek, onDrag, children }: Props) {
  const [pointed, setPointed] = useState<number | null>(null);
  const frameUnder = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return frameAtShare(view, (event.clientX - left) / width, reach);
  };
  const at = shareOf(view, frame);
  return (
    <div
      ref={ref}
      className={css.ruler}
      role="slider"
      tabIndex={0}
      aria-label={words.timeline}
      aria-valuemin={reach.first + 1}
      aria-valuemax={reach.last + 1}
      aria-valuenow={frame + 1}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setPointed(frameUnder(event));
        onSeek(frameUnder(event));
      }}
      onPointerMove={(event) => {
        setPointed(frameUnder(event));
        // As for letting go: over it with a button that was pressed elsewhere is no drag, and would have no end.
        if (event.buttons === 1 && event.currentTarget.hasPointerCapture(event.pointerId))
          onDrag(frameUnder(event));
      }}
      onPointerUp={(event) => {
        // Let go over it by a hand that took hold of something else, it is not meant.
        if (event.currentTarget.hasPointerCapture(event.pointerId)) onSeek(frameUnder(event));
        if (event.pointerType !== 'mouse') setPointed(null);
      }}
      onPointerLeave={() => setPointed(null)}
      onPointerCancel={() => {
        if (pointed !== null) onSeek(pointed);
        setPointed(null);
      }}
      onKeyDown={(event) => {
        // With another key they mean something else: Shift End follows an object.
        if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
        const to = { ArrowLeft: frame - 1, ArrowRight: frame + 1, Home: reach.first, End: reach.last }[
          event.key
        ];
        if (to !== undefined) onSeek(to);
      }}
    >
      {ticksOf(view, reach).map((tick) => (
        <span key={tick} className={css.tick} style={{ left: `${shareOf(view, tick) * 100}%` }}>
          {count(tick + 1)}
        </span>
      ))}
      {children}
      {at >= 0 && at <= 1 && <span className={css.playhead} style={{ left: `${at * 100}%` }} />}
      {pointed !== null && (
        <Preview frame={pointed} at={shareOf(view, pointed)} strip={strip} time_s={times[pointed]} />
      )}
    </div>
  );
}
