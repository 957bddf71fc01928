import { UnstyledButton } from '@mantine/core';
import { useMemo, type PointerEvent } from 'react';

import type { Track } from '@/canvas/document/model';
import { trackSpans } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { useEditorSnapshot } from '@/hooks/use-editor';
import { count } from '@/lib/numbers';
import type { Label } from '@/types/api';

import { videoWords as words } from './strings';
import css from './video.module.css';

type Props = {
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  frame: number;
  frameCount: number;
  onSeek: (frame: number) => void;
};

/** One lane per track: where it is present, its keyframes ◆, and the frame shown as a line through all. */
export function Timeline({ editor, labels, frame, frameCount, onSeek }: Props) {
  const { revision, selection } = useEditorSnapshot(editor);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
  const tracks = useMemo(() => editor.document.data().tracks, [editor, revision]);
  const last = Math.max(1, frameCount - 1);
  const left = (at: number) => `${(Math.min(at, last) / last) * 100}%`;
  const seekTo = (event: PointerEvent<HTMLDivElement>) => {
    const { left: start, width } = event.currentTarget.getBoundingClientRect();
    onSeek(Math.round(((event.clientX - start) / width) * last));
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
          seekTo(event);
        }}
        onPointerMove={(event) => event.buttons === 1 && seekTo(event)}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          if (by) onSeek(frame + by);
        }}
      >
        {[0, 0.25, 0.5, 0.75].map((share) => (
          <span key={share} className={css.tick} style={{ left: `${share * 100}%` }}>
            {count(Math.round(share * last) + 1)}
          </span>
        ))}
        <span className={css.playhead} style={{ left: left(frame) }} />
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
            onPick={() => editor.select([track.id])}
            onSeek={onSeek}
          />
        ))}
      </div>
    </div>
  );
}

type LaneProps = {
  track: Track;
  name: string;
  color: string;
  isOn: boolean;
  last: number;
  frame: number;
  onPick: () => void;
  onSeek: (frame: number) => void;
};

function Lane({ track, name, color, isOn, last, frame, onPick, onSeek }: LaneProps) {
  const left = (at: number) => `${(Math.min(at, last) / last) * 100}%`;
  return (
    <div className={css.lane} data-on={isOn || undefined}>
      <UnstyledButton className={css.laneName} onClick={onPick} aria-pressed={isOn}>
        <span className={css.laneDot} style={{ background: color }} />
        <span className={css.laneText}>{name}</span>
      </UnstyledButton>
      <div className={css.laneBody} onPointerDown={onPick}>
        {trackSpans(track).map(({ from, to }) => (
          <span
            key={from}
            className={css.span}
            style={{
              left: left(from),
              width: `${((Math.min(to ?? last, last) - from) / last) * 100}%`,
              background: color,
            }}
          />
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
            onClick={() => onSeek(keyframe.frame)}
          />
        ))}
        <span className={css.playhead} style={{ left: left(frame) }} />
      </div>
    </div>
  );
}
