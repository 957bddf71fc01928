import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';

import type { Editor } from '@/canvas/editor';
import { isTyping } from '@/canvas/focus';
import { useKeys } from '@/hooks/use-keys';
import { api, unwrap } from '@/lib/api-client';
import { loadPicture } from '@/lib/pictures';
import type { OpenTask, TaskAsset } from '@/types/annotation';
import type { Label, Schemas } from '@/types/api';

import { CoarsePicture } from './coarse-picture';
import { FrameStore } from './frames';
import { VIDEO_KEYS as keys } from './keys';
import { Player, STRIDE } from './player';
import { reachOf, type Reach } from './reach';
import { Timeline } from './timeline';
import { Transport } from './transport';
import { useJumps } from './use-jumps';
import { useTimelineView } from './use-timeline-view';
import css from './video.module.css';

const NO_TIMES: readonly number[] = [];

type Props = {
  editor: Editor;
  asset: TaskAsset;
  /** Null: the task is of the whole video. */
  part: OpenTask['part'];
  labels: ReadonlyMap<string, Label>;
  isEditable?: boolean;
  /** What a dashed lane is, where it is no suggestion. */
  dashedAs?: string;
};

function makePlayer(editor: Editor, { id, width, height }: TaskAsset, reach: Reach): Player {
  const address = (index: number) => `/api/v1/assets/${id}/frames/${index}.jpg`;
  return new Player({
    frames: new FrameStore((index, signal) => loadPicture(address(index), signal), { width, height }),
    reach,
    show: (frame, picture) => {
      editor.setFrame(frame, reach.last + 1);
      editor.setImage(picture, width, height);
    },
  });
}

/** Transport and timeline under a video. Frames come one by one, each exactly the one asked for. */
export function VideoBar(props: Props) {
  const { editor, asset, part } = props;
  const reach = useMemo(() => reachOf(asset, part), [asset, part]);
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = makePlayer(editor, asset, reach);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- made and disposed with the mount
    setPlayer(made);
    const deafen = editor.onSeek((frame) => made.seek(frame));
    const unwatch = made.subscribe(() => editor.setAwaiting(made.getView().wish !== null));
    // The first picture does not wait for the table of times.
    void made.seek(reach.first);
    return () => {
      deafen();
      unwatch();
      editor.setAwaiting(false);
      made.dispose();
    };
  }, [editor, asset, reach]);
  if (!player) return <div className={css.bar} />;
  return <Bar {...props} player={player} reach={reach} />;
}

function useTable(asset_id: string) {
  return useQuery({
    queryKey: ['frame-times', asset_id],
    queryFn: (): Promise<Schemas['FrameTimes']> =>
      unwrap(api.GET('/api/v1/assets/{asset_id}/frame-times', { params: { path: { asset_id } } })),
    staleTime: Infinity,
  });
}

type BarProps = Omit<Props, 'part'> & { player: Player; reach: Reach };

function Bar(props: BarProps) {
  const { editor, asset, labels, isEditable = false, dashedAs, player, reach } = props;
  const view = useSyncExternalStore(player.subscribe, player.getView);
  const field = useRef<HTMLInputElement>(null);
  const table = useTable(asset.id);
  const times = table.data?.times_s ?? NO_TIMES;
  useEffect(() => player.setTimes(times), [player, times]);
  const total = Math.max(1, asset.frame_count ?? 1);
  const timeline = useTimelineView(view.frame, reach);
  const [isDragged, setDragged] = useState(false);
  const seek = useCallback(
    (frame: number) => {
      setDragged(false);
      void player.seek(frame);
    },
    [player],
  );
  const drag = (frame: number) => {
    setDragged(true);
    void player.seek(frame, true);
  };
  // An answer that a browser kept from before has none.
  const strip = table.data?.strip ?? null;
  const step = (by: number) => void player.step(by);
  const { jump, note } = useJumps(editor, view, seek, dashedAs !== undefined);
  useKeys({
    [keys.play.key]: () => player.toggle(),
    [keys.frameOn.key]: () => step(1),
    [keys.frameBack.key]: () => step(-1),
    [keys.stepOn.key]: () => step(STRIDE),
    [keys.stepBack.key]: () => step(-STRIDE),
    [keys.keyframeOn.key]: () => jump('keyframe', 1),
    [keys.keyframeBack.key]: () => jump('keyframe', -1),
    // Chords are heard out of fields: what is typed there belongs to the frame shown.
    [keys.changeOn.key]: () => isTyping(document.activeElement) || jump('change', 1),
    [keys.changeBack.key]: () => isTyping(document.activeElement) || jump('change', -1),
    [keys.frameFirst.key]: () => seek(reach.first),
    [keys.frameLast.key]: () => seek(reach.last),
    [keys.zoomIn.key]: () => timeline.zoom(1),
    [keys.zoomOut.key]: () => timeline.zoom(-1),
    [keys.zoomAll.key]: () => timeline.zoom(0),
    [keys.goTo.key]: () => field.current?.focus(),
  });
  return (
    <>
      {strip && view.wish !== null && (
        <CoarsePicture
          editor={editor}
          strip={strip}
          size={asset}
          wish={view.wish}
          shown={view.frame}
          isDragged={isDragged}
        />
      )}
      <section className={css.bar}>
        <Transport
          field={field}
          view={view}
          reach={reach}
          frameCount={total}
          times={times}
          hasNoTimes={table.isError}
          note={note}
          onPlay={() => player.toggle()}
          onStep={step}
          onJump={jump}
          onSeek={seek}
        />
        <Timeline
          editor={editor}
          labels={labels}
          isEditable={isEditable}
          dashedAs={dashedAs}
          frame={view.frame}
          reach={reach}
          times={times}
          strip={strip}
          view={timeline.view}
          onView={timeline.setView}
          onZoom={timeline.zoom}
          onSeek={seek}
          onDrag={drag}
        />
      </section>
    </>
  );
}
