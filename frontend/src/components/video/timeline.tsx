import { UnstyledButton } from '@mantine/core';
import { useMemo, useState, type PointerEvent } from 'react';

import type { Track } from '@/canvas/document/model';
import { coveredSpans, trackSpans, type Span } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { useEditorSnapshot } from '@/hooks/use-editor';
import { count } from '@/lib/numbers';
import type { Label } from '@/types/api';

import type { Filmstrip } from './filmstrip';
import { Preview } from './preview';
import { videoWords as words } from './strings';
import css from './video.module.css';

type Props = {
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  frame: number;
  frameCount: number;
  times: readonly number[];
  strip: Filmstrip | null;
  onSeek: (frame: number) => void;
};

/** One lane per track: where it is present, its keyframes ◆, and the frame shown as a line through all. */
export function Timeline({ editor, labels, frame, frameCount, times, strip, onSeek }: Props) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { revision, selection } = useEditorSnapshot(editor);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
  const tracks = useMemo(() => editor.document.data().tracks, [editor, revision]);
  const last = Math.max(1, frameCount - 1);
  const left = (at: number) => `${(Math.min(at, last) / last) * 100}%`;
  const frameUnder = (event: PointerEvent<HTMLDivElement>) => {
    const { left: start, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(Math.max(Math.round(((event.clientX - start) / width) * last), 0), frameCount - 1);
  };
  return (
    <div className={css.timeline}>
      <div className={css.head} />
      <div
        className={css.ruler}
        role="slider"
        tabIndex={0}
        aria-label={words.timeline}
        aria-valuemin={1}
        aria-valuemax={frameCount}
        aria-valuenow={frame + 1}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setPointed(frameUnder(event));
          onSeek(frameUnder(event));
        }}
        onPointerMove={(event) => {
          setPointed(frameUnder(event));
          if (event.buttons === 1) onSeek(frameUnder(event));
        }}
        onPointerUp={(event) => event.pointerType !== 'mouse' && setPointed(null)}
        onPointerLeave={() => setPointed(null)}
        onPointerCancel={() => setPointed(null)}
        onKeyDown={(event) => {
          const to = { ArrowLeft: frame - 1, ArrowRight: frame + 1, Home: 0, End: frameCount - 1 }[event.key];
          if (to !== undefined) onSeek(to);
        }}
      >
        {[0, 0.25, 0.5, 0.75].map((share) => (
          <span key={share} className={css.tick} style={{ left: `${share * 100}%` }}>
            {count(Math.round(share * last) + 1)}
          </span>
        ))}
        <span className={css.playhead} style={{ left: left(frame) }} />
        {pointed !== null && (
          <Preview frame={pointed} at={pointed / last} strip={strip} time_s={times[pointed]} />
        )}
      </div>
      <div className={css.lanes}>
        {tracks.length === 0 && <p className={css.none}>{words.noTracks}</p>}
        {tracks.map((track, index) => (
          <Lane
            key={track.id}
            track={track}
            name={`${labels.get(track.labelId)?.name ?? words.unknownLabel} ${index + 1}`}
            color={labels.get(track.labelId)?.color ?? '#888'}
            isOn={selection.includes(track.id)}
            last={last}
            frame={frame}
            onPick={(isMore) => editor.select(isMore ? toggled(selection, track.id) : [track.id])}
            onSeek={onSeek}
          />
        ))}
      </div>
    </div>
  );
}

const isWithMore = (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): boolean =>
  event.shiftKey || event.ctrlKey || event.metaKey;

const toggled = (selection: readonly string[], id: string): string[] =>
  selection.includes(id) ? selection.filter((each) => each !== id) : [...selection, id];

type LaneProps = {
  track: Track;
  name: string;
  color: string;
  isOn: boolean;
  last: number;
  frame: number;
  /** With Shift or Ctrl: beside what is selected already. */
  onPick: (isMore: boolean) => void;
  onSeek: (frame: number) => void;
};

function Lane({ track, name, color, isOn, last, frame, onPick, onSeek }: LaneProps) {
  const left = (at: number) => `${(Math.min(at, last) / last) * 100}%`;
  const place = ({ from, to }: Span) => ({
    left: left(from),
    width: left(Math.min(to ?? last, last) - from),
  });
  return (
    <div className={css.lane} data-on={isOn || undefined}>
      <UnstyledButton
        className={css.laneName}
        onClick={(event) => onPick(isWithMore(event))}
        aria-pressed={isOn}
      >
        <span className={css.laneDot} style={{ background: color }} />
        <span className={css.laneText}>{name}</span>
      </UnstyledButton>
      <div className={css.laneBody} onPointerDown={(event) => onPick(isWithMore(event))}>
        {trackSpans(track).map((span) => (
          <span key={span.from} className={css.span} style={{ ...place(span), background: color }} />
        ))}
        {coveredSpans(track).map((span) => (
          <span key={span.from} className={css.covered} style={place(span)} title={words.covered} />
        ))}
        {track.keyframes.map((keyframe) => (
          <button
            key={keyframe.frame}
            type="button"
            tabIndex={-1}
            className={css.keyframe}
            data-outside={keyframe.outside || undefined}
            style={{ left: left(keyframe.frame), borderColor: color }}
            aria-label={`${name}, ${keyframe.frame + 1}`}
            onClick={(event) => {
              onSeek(keyframe.frame);
              // Space plays: it would press this again.
              event.currentTarget.blur();
            }}
          />
        ))}
        <span className={css.playhead} style={{ left: left(frame) }} />
      </div>
    </div>
  );
}
