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
import { useKeys } from '@/hooks/use-keys';
import { api, unwrap } from '@/lib/api-client';
import { toApiError } from '@/lib/api-error';
import { loadPicture } from '@/lib/pictures';
import type { TaskAsset } from '@/types/annotation';
import type { Label } from '@/types/api';

import { FrameStore } from './frames';
import { VIDEO_KEYS as keys } from './keys';
import { Player } from './player';
import { videoWords as words } from './strings';
import { Timeline } from './timeline';
import css from './video.module.css';

const STEP = 10;

const frameUrl = (assetId: string, index: number) => `/api/v1/assets/${assetId}/frames/${index}.jpg`;

const frameTimes = (asset_id: string) =>
  unwrap(api.GET('/api/v1/assets/{asset_id}/frame-times', { params: { path: { asset_id } } })).then(
    (answer) => answer.times_s,
  );

type Props = { editor: Editor; asset: TaskAsset; labels: ReadonlyMap<string, Label> };

/** Transport and timeline under a video. Frames come one by one, each exactly the one asked for. */
export function VideoBar(props: Props) {
  const { asset } = props;
  const times = useQuery({
    queryKey: ['frame-times', asset.id],
    queryFn: () => frameTimes(asset.id),
    staleTime: Infinity,
  });
  // Without the table stepping still works; it comes within a moment or not at all.
  if (times.isPending) return <div className={css.bar} style={{ height: 76 }} />;
  return <LoadedBar {...props} times={times.data ?? []} />;
}

function makePlayer(editor: Editor, asset: TaskAsset, times: readonly number[]): Player {
  const { id, width, height, frame_count } = asset;
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

function LoadedBar({ editor, asset, labels, times }: Props & { times: readonly number[] }) {
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = makePlayer(editor, asset, times);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- made and disposed with the mount
    setPlayer(made);
    void made.seek(0);
    return () => made.dispose();
  }, [editor, asset, times]);
  if (!player) return <div className={css.bar} style={{ height: 76 }} />;
  return <Bar editor={editor} asset={asset} labels={labels} times={times} player={player} />;
}

function Bar({ editor, asset, labels, times, player }: Props & { times: readonly number[]; player: Player }) {
  const view = useSyncExternalStore(player.subscribe, player.getView);
  const total = asset.frame_count ?? Math.max(1, times.length);
  const jump = (direction: 1 | -1) => {
    const frames = keyframesOf(editor);
    const next =
      direction > 0 ? frames.find((at) => at > view.frame) : frames.findLast((at) => at < view.frame);
    if (next !== undefined) void player.seek(next);
  };
  useKeys({
    [keys.play.key]: () => player.toggle(),
    [keys.frameOn.key]: () => void player.step(1),
    [keys.frameBack.key]: () => void player.step(-1),
    [keys.stepOn.key]: () => void player.step(STEP),
    [keys.stepBack.key]: () => void player.step(-STEP),
    [keys.keyframeOn.key]: () => jump(1),
    [keys.keyframeBack.key]: () => jump(-1),
    [keys.frameFirst.key]: () => void player.seek(0),
    [keys.frameLast.key]: () => void player.seek(total - 1),
  });
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
