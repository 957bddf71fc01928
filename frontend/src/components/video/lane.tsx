import { UnstyledButton } from '@mantine/core';
import { memo, useState, type PointerEvent } from 'react';

import type { Track } from '@/canvas/document/model';
import { coveredSpans, shapeOfTrack, trackSpans, type Span } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { SHAPE_MARKS } from '@/components/shape-marks';

import { FollowedBand } from './followed-band';
import type { Reach } from './reach';
import { videoWords as words } from './strings';
import { frameAtShare, shareOf, thinned, type View } from './timeline-view';
import css from './video.module.css';

/** A press on an edge becomes a drag only past this, CSS pixels. */
const DRAG_PX = 3;

type Edge = 'start' | 'end';

type Props = {
  editor: Editor;
  track: Track;
  name: string;
  color: string;
  isOn: boolean;
  isEditable: boolean;
  view: View;
  reach: Reach;
  widthPx: number;
  onSeek: (frame: number) => void;
};

/** Selects a track; with Shift or Ctrl beside what is selected already, or no more. */
function pick(
  editor: Editor,
  id: string,
  event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean },
): void {
  const { selection } = editor;
  const isMore = event.shiftKey || event.ctrlKey || event.metaKey;
  const others = selection.filter((each) => each !== id);
  editor.select(!isMore ? [id] : selection.includes(id) ? others : [...selection, id]);
}

/** One track: where it is there, where it is covered or away, and its keyframes. Not drawn again with every frame. */
export const Lane = memo(function Lane({ editor, track, name, color, ...props }: Props) {
  const { isOn, isEditable, view, reach, widthPx, onSeek } = props;
  const { first, last } = reach;
  const [dragged, setDragged] = useState<{ span: Span; edge: Edge; frame: number } | null>(null);
  const left = (at: number) => `${Math.min(Math.max(shareOf(view, at), 0), 1) * 100}%`;
  // What lies beyond the edge of the view must not be taken hold of there.
  const isInSight = (at: number): boolean => shareOf(view, at) >= 0 && shareOf(view, at) <= 1;
  const place = ({ from, to }: Span) => {
    const [start, end] = [from, to ?? last + 1].map((at) => Math.min(Math.max(shareOf(view, at), 0), 1));
    return { left: `${(start ?? 0) * 100}%`, width: `${((end ?? 0) - (start ?? 0)) * 100}%` };
  };
  const shown = (span: Span): Span =>
    dragged?.span.from !== span.from
      ? span
      : dragged.edge === 'start'
        ? { ...span, from: dragged.frame }
        : { ...span, to: dragged.frame };
  const spans = trackSpans(track);
  const shape = shapeOfTrack(track);
  const Mark = SHAPE_MARKS[shape].icon;
  const edge = (span: Span, which: Edge) => (
    <EdgeGrip
      key={`${span.from}/${which}`}
      at={left(which === 'start' ? shown(span).from : (shown(span).to ?? last + 1))}
      which={which}
      title={which === 'start' ? words.dragStart : words.dragEnd}
      frameUnder={(share) => frameAtShare(view, share, { first, last: last + 1 })}
      onDrag={(to) => setDragged(to === null ? null : { span, edge: which, frame: to })}
      onDrop={(to) => editor.moveEdge(track.id, span, which, to)}
    />
  );
  return (
    <div className={css.lane} data-on={isOn || undefined} data-tag={shape === 'tag' || undefined}>
      <UnstyledButton
        className={css.laneName}
        onClick={(event) => pick(editor, track.id, event)}
        aria-pressed={isOn}
      >
        <Mark className={css.laneMark} size={12} stroke={1.8} color={color} aria-hidden />
        <span className={css.laneText}>{name}</span>
      </UnstyledButton>
      <div className={css.laneBody} onPointerDown={(event) => pick(editor, track.id, event)}>
        {spans.slice(1).map((span, index) => {
          const gap = { from: spans[index]?.to ?? span.from, to: span.from };
          return <span key={`gap ${span.from}`} className={css.gap} style={place(gap)} title={words.away} />;
        })}
        {spans.map((span) => (
          <span key={span.from} className={css.span} style={{ ...place(shown(span)), background: color }} />
        ))}
        {coveredSpans(track).map((span) => (
          <span key={span.from} className={css.covered} style={place(span)} title={words.covered} />
        ))}
        <FollowedBand track={track} place={place} />
        {thinned(track.keyframes, view, widthPx).map((keyframe) => (
          <button
            key={keyframe.frame}
            type="button"
            tabIndex={-1}
            className={css.keyframe}
            data-outside={keyframe.outside || undefined}
            data-by={keyframe.by}
            style={{ left: left(keyframe.frame), borderColor: color }}
            aria-label={`${name}, ${keyframe.frame + 1}`}
            onClick={(event) => {
              onSeek(keyframe.frame);
              // Space plays: it would press this again.
              event.currentTarget.blur();
            }}
          />
        ))}
        {isOn &&
          isEditable &&
          !track.locked &&
          spans.flatMap((span) => [
            isInSight(span.from) && edge(span, 'start'),
            isInSight(Math.min(span.to ?? last, last)) && edge(span, 'end'),
          ])}
      </div>
    </div>
  );
});

type GripProps = {
  at: string;
  which: Edge;
  title: string;
  frameUnder: (share: number) => number;
  /** Null where the drag is over. */
  onDrag: (frame: number | null) => void;
  onDrop: (frame: number) => void;
};

/** Where a presence begins or ends, to be dragged elsewhere. Keys do the same from the frame shown. */
function EdgeGrip({ at, which, title, frameUnder, onDrag, onDrop }: GripProps) {
  const [from, setFrom] = useState<number | null>(null);
  const under = (event: PointerEvent<HTMLSpanElement>) => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    return box ? frameUnder((event.clientX - box.left) / box.width) : 0;
  };
  const isDrag = (event: PointerEvent) => from !== null && Math.abs(event.clientX - from) > DRAG_PX;
  const over = () => {
    setFrom(null);
    onDrag(null);
  };
  return (
    <span
      className={css.edge}
      data-which={which}
      style={{ left: at }}
      title={title}
      aria-hidden
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom(event.clientX);
      }}
      onPointerMove={(event) => isDrag(event) && onDrag(under(event))}
      onPointerUp={(event) => {
        if (isDrag(event)) onDrop(under(event));
        over();
      }}
      onPointerCancel={over}
    />
  );
}
