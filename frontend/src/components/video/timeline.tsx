import { ActionIcon, Tooltip } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { IconArrowsMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, type RefObject } from 'react';

import { shapeOfTrack } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import type { Filmstrip } from './filmstrip';
import { VIDEO_KEYS as keys } from './keys';
import { Lane } from './lane';
import { Ruler } from './ruler';
import type { Reach } from './reach';
import { videoWords as words } from './strings';
import { SuggestedLanes } from './suggested-lanes';
import { Thumbnails } from './thumbnails';
import { isWhole, panned, shareOf, zoomed, type View } from './timeline-view';
import css from './video.module.css';

type Props = {
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  isEditable: boolean;
  /** What a dashed lane is, where it is no suggestion. */
  dashedAs: string | undefined;
  frame: number;
  reach: Reach;
  times: readonly number[];
  strip: Filmstrip | null;
  view: View;
  onView: (change: (view: View) => View) => void;
  onZoom: (step: 1 | -1 | 0) => void;
  onSeek: (frame: number) => void;
  onDrag: (frame: number) => void;
};

/** A turn of the wheel by this many pixels doubles. */
const WHEEL_PX = 300;

/** One lane per track: where it is present, its keyframes ◆, and the frame shown as a line through all. */
export function Timeline({
  editor,
  labels,
  isEditable,
  dashedAs,
  frame,
  reach,
  times,
  strip,
  view,
  ...on
}: Props) {
  const selection = useEditorPart(editor, (snapshot) => snapshot.selection);
  const revision = useEditorPart(editor, (snapshot) => snapshot.revision);
  const size = useElementSize();
  const at = shareOf(view, frame);
  const rulerNode = useRef<HTMLDivElement>(null);
  const lanesNode = useRef<HTMLDivElement>(null);
  const ruler = useMergedRef(size.ref, rulerNode);
  useWheel(rulerNode, lanesNode, on.onView, reach);
  const hasSuggested = editor.shownSuggestions().some(({ track }) => track !== undefined);
  const lanes = useMemo(() => {
    const tracks = editor.document.data().tracks;
    // Counted as in the list of objects.
    const counted = new Map<string, number>();
    const named = tracks.map((track) => {
      const label = labels.get(track.labelId);
      const number = (counted.get(track.labelId) ?? 0) + 1;
      counted.set(track.labelId, number);
      return {
        track,
        name: `${label?.name ?? words.unknownLabel} ${number}`,
        color: label?.color ?? '#888',
      };
    });
    const isTag = ({ track }: (typeof named)[number]) => shapeOfTrack(track) === 'tag';
    return [...named.filter(isTag), ...named.filter((each) => !isTag(each))];
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `revision` stands for the document
  }, [editor, labels, revision]);
  return (
    <div className={css.timeline}>
      <div className={css.head}>
        <Zoom name={words.zoomOut} hint={keys.zoomOut.key} onClick={() => on.onZoom(-1)} icon={IconMinus} />
        <Zoom name={words.zoomIn} hint={keys.zoomIn.key} onClick={() => on.onZoom(1)} icon={IconPlus} />
        {!isWhole(view, reach) && (
          <Zoom
            name={words.zoomAll}
            hint={keys.zoomAll.key}
            onClick={() => on.onZoom(0)}
            icon={IconArrowsMaximize}
          />
        )}
      </div>
      <Ruler
        ref={ruler}
        view={view}
        frame={frame}
        reach={reach}
        times={times}
        strip={strip}
        onSeek={on.onSeek}
        onDrag={on.onDrag}
      >
        {strip && <Thumbnails strip={strip} view={view} reach={reach} widthPx={size.width} />}
      </Ruler>
      <div className={css.below}>
        <div className={css.lanes} ref={lanesNode} role="group" aria-label={words.tracks}>
          {lanes.length === 0 && !hasSuggested && <p className={css.none}>{words.noTracks}</p>}
          {lanes.map(({ track, name, color }) => (
            <Lane
              key={track.id}
              editor={editor}
              track={track}
              name={name}
              color={color}
              isOn={selection.includes(track.id)}
              isEditable={isEditable}
              view={view}
              reach={reach}
              widthPx={size.width}
              onSeek={on.onSeek}
            />
          ))}
          <SuggestedLanes
            {...{ editor, labels, selection, frame, last: reach.last, view, dashedAs }}
            onSeek={on.onSeek}
          />
        </div>
        {lanes.length > 0 && at >= 0 && at <= 1 && (
          <div className={css.through}>
            <span className={css.playhead} style={{ left: `${at * 100}%` }} />
          </div>
        )}
      </div>
    </div>
  );
}

type ZoomProps = { name: string; hint: string; onClick: () => void; icon: typeof IconPlus };

function Zoom({ name, hint, onClick, icon: Icon }: ZoomProps) {
  return (
    <Tooltip label={`${name} (${hint.replace('+', ' ')})`}>
      <ActionIcon size={20} aria-label={name} onClick={onClick}>
        <Icon size={13} stroke={1.8} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/**
 * Over the ruler the wheel zooms about the pointer, over the lanes with Ctrl (without, they scroll); sideways or with
 * Shift it moves along. Heard by hand: React's own wheel listeners may not keep the page from scrolling.
 */
function useWheel(
  ruler: RefObject<HTMLDivElement | null>,
  lanes: RefObject<HTMLDivElement | null>,
  onView: Props['onView'],
  reach: Reach,
): void {
  useEffect(() => {
    const heard = (event: WheelEvent) => {
      const box = ruler.current?.getBoundingClientRect();
      const isAlong = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const isOnLanes = lanes.current?.contains(event.target as Node) ?? false;
      if (!box || (isOnLanes && !isAlong && !event.ctrlKey && !event.metaKey)) return;
      event.preventDefault();
      const by = isAlong && event.deltaX !== 0 ? event.deltaX : event.deltaY;
      const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
      onView((view) =>
        isAlong ? panned(view, by / box.width, reach) : zoomed(view, 2 ** (-by / WHEEL_PX), share, reach),
      );
    };
    const heardBy = [ruler.current, lanes.current];
    for (const each of heardBy) each?.addEventListener('wheel', heard, { passive: false });
    return () => {
      for (const each of heardBy) each?.removeEventListener('wheel', heard);
    };
  }, [ruler, lanes, onView, reach]);
}
