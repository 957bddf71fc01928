import { ActionIcon, Group, Loader, Text, Tooltip } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';

import type { Editor } from '@/canvas/editor';
import { toApiError } from '@/lib/api-error';
import { loadPicture } from '@/lib/pictures';
import type { Label } from '@/types/api';

import { frameTimes, frameUrl } from '../api';
import { annotateWords as words } from '../strings';
import { usePageKeys } from '../use-page-keys';
import type { TaskSession } from '../work/task-session';
import { FrameStore } from './frames';
import { Player } from './player';
import { Timeline } from './timeline';
import css from './video.module.css';

const STEP = 10;

type Props = { editor: Editor; session: TaskSession; labels: ReadonlyMap<string, Label> };

/** Transport and timeline under a video. Frames come one by one, each exactly the one asked for. */
export function VideoBar(props: Props) {
  const { asset } = props.session.task;
  const times = useQuery({
    queryKey: ['frame-times', asset.id],
    queryFn: () => frameTimes(asset.id),
    staleTime: Infinity,
  });
  // Without the table stepping still works; it comes within a moment or not at all.
  if (times.isPending) return <div className={css.bar} style={{ height: 76 }} />;
  return <LoadedBar {...props} times={times.data ?? []} />;
}

function makePlayer(editor: Editor, session: TaskSession, times: readonly number[]): Player {
  const { id, width, height, frame_count } = session.task.asset;
  return new Player({
    frames: new FrameStore((index) => loadPicture(frameUrl(id, index)), { width, height }),
    frameCount: frame_count ?? Math.max(1, times.length),
    times,
    show: (frame, picture) => {
      editor.setFrame(frame);
      editor.setImage(picture, width, height);
    },
  });
}

function keyframesOf(editor: Editor): number[] {
  const { selection } = editor.getSnapshot();
  const { tracks } = editor.document.state;
  const chosen = [...tracks.values()].filter(
    (track) => selection.length === 0 || selection.includes(track.id),
  );
  const frames = chosen.flatMap((track) => track.keyframes.map((keyframe) => keyframe.frame));
  return [...new Set(frames)].sort((a, b) => a - b);
}

function LoadedBar({ editor, session, labels, times }: Props & { times: readonly number[] }) {
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = makePlayer(editor, session, times);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- made and disposed with the mount
    setPlayer(made);
    void made.seek(0);
    return () => made.dispose();
  }, [editor, session, times]);
  if (!player) return <div className={css.bar} style={{ height: 76 }} />;
  return <Bar editor={editor} session={session} labels={labels} times={times} player={player} />;
}

function Bar({
  editor,
  session,
  labels,
  times,
  player,
}: Props & { times: readonly number[]; player: Player }) {
  const view = useSyncExternalStore(player.subscribe, player.getView);
  const total = session.task.asset.frame_count ?? Math.max(1, times.length);
  const jump = (direction: 1 | -1) => {
    const frames = keyframesOf(editor);
    const next =
      direction > 0 ? frames.find((at) => at > view.frame) : frames.findLast((at) => at < view.frame);
    if (next !== undefined) void player.seek(next);
  };
  usePageKeys(
    { isVideo: true, isEditable: session.isEditable },
    {
      play: () => player.toggle(),
      frameOn: () => void player.step(1),
      frameBack: () => void player.step(-1),
      stepOn: () => void player.step(STEP),
      stepBack: () => void player.step(-STEP),
      keyframeOn: () => jump(1),
      keyframeBack: () => jump(-1),
      frameFirst: () => void player.seek(0),
      frameLast: () => void player.seek(total - 1),
    },
  );
  const at = times[view.frame];
  return (
    <div className={css.bar}>
      <Group gap={4} px={8} h={34} wrap="nowrap">
        <Tooltip label={`${words.stepBack} (D)`}>
          <ActionIcon aria-label={words.stepBack} onClick={() => void player.step(-1)}>
            <IconChevronLeft size={16} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={`${view.isPlaying ? words.pause : words.play} (Space)`}>
          <ActionIcon
            aria-label={view.isPlaying ? words.pause : words.play}
            disabled={times.length === 0}
            onClick={() => player.toggle()}
          >
            {view.isPlaying ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label={`${words.stepOn} (F)`}>
          <ActionIcon aria-label={words.stepOn} onClick={() => void player.step(1)}>
            <IconChevronRight size={16} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
        <Text size="xs" ml={8}>
          {words.frame(view.frame + 1, total)}
        </Text>
        {at !== undefined && (
          <Text size="xs" c="dimmed">
            {at.toFixed(2)} s
          </Text>
        )}
        {view.isWaiting && <Loader size={14} />}
        {view.error !== null && (
          <Text size="xs" c="red">
            {toApiError(view.error).message}
          </Text>
        )}
      </Group>
      <Timeline
        editor={editor}
        labels={labels}
        frame={view.frame}
        frameCount={total}
        onSeek={(frame) => void player.seek(frame)}
      />
    </div>
  );
}
