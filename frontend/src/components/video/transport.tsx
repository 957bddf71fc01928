import { ActionIcon, Button, Group, Loader, Text, Tooltip } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
  IconTransitionLeft,
  IconTransitionRight,
} from '@tabler/icons-react';
import type { ReactNode, Ref } from 'react';

import { toApiError } from '@/lib/api-error';

import { JumpField } from './jump-field';
import { VIDEO_KEYS as keys } from './keys';
import type { PlayerView } from './player';
import type { Reach } from './reach';
import { videoWords as words } from './strings';
import type { Jump } from './use-jumps';
import css from './video.module.css';

type Props = {
  field: Ref<HTMLInputElement>;
  view: PlayerView;
  reach: Reach;
  frameCount: number;
  times: readonly number[];
  hasNoTimes: boolean;
  /** Why the last jump went nowhere. */
  note: string | null;
  onPlay: () => void;
  onStep: (by: number) => void;
  onJump: Jump;
  onSeek: (frame: number) => void;
};

/** Play, step and jump, and where one is. */
export function Transport({ field, view, reach, frameCount, times, hasNoTimes, note, ...on }: Props) {
  const play = view.isPlaying ? words.pause : words.play;
  return (
    <Group gap={4} px={8} mih={36} wrap="nowrap">
      <Verb
        name={words.changeBack}
        about={words.changeAbout}
        hint={keys.changeBack.key}
        onClick={() => on.onJump('change', -1)}
      >
        <IconTransitionLeft size={15} stroke={1.8} />
      </Verb>
      <Verb name={words.keyframeBack} hint={keys.keyframeBack.key} onClick={() => on.onJump('keyframe', -1)}>
        <IconPlayerTrackPrev size={15} stroke={1.8} />
      </Verb>
      <Verb name={words.frameBack} hint={keys.frameBack.key} onClick={() => on.onStep(-1)}>
        <IconChevronLeft size={16} stroke={1.8} />
      </Verb>
      <Verb
        name={play}
        hint="Space"
        isOff={times.length === 0}
        why={hasNoTimes ? words.noTimes : undefined}
        onClick={on.onPlay}
      >
        {view.isPlaying ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
      </Verb>
      <Verb name={words.frameOn} hint={keys.frameOn.key} onClick={() => on.onStep(1)}>
        <IconChevronRight size={16} stroke={1.8} />
      </Verb>
      <Verb name={words.keyframeOn} hint={keys.keyframeOn.key} onClick={() => on.onJump('keyframe', 1)}>
        <IconPlayerTrackNext size={15} stroke={1.8} />
      </Verb>
      <Verb
        name={words.changeOn}
        about={words.changeAbout}
        hint={keys.changeOn.key}
        onClick={() => on.onJump('change', 1)}
      >
        <IconTransitionRight size={15} stroke={1.8} />
      </Verb>
      <JumpField
        ref={field}
        frame={view.frame}
        reach={reach}
        frameCount={frameCount}
        times={times}
        note={note}
        onSeek={on.onSeek}
      />
      {view.isWaiting && <Loader size={14} aria-label={words.waits} />}
      {view.error !== null && (
        <Group gap={6} wrap="nowrap" className={css.error} role="alert">
          <Text size="xs" c="red" truncate>
            {toApiError(view.error).message}
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => on.onStep(0)} flex="none">
            {words.retry}
          </Button>
        </Group>
      )}
    </Group>
  );
}

type VerbProps = {
  name: string;
  /** Goes on from the name where that does not say it. */
  about?: string;
  hint: string;
  isOff?: boolean;
  /** Said in place of the name where it cannot be done. */
  why?: string;
  onClick: () => void;
  children: ReactNode;
};

function Verb({ name, about = '', hint, isOff, why, onClick, children }: VerbProps) {
  return (
    <Tooltip label={why ?? `${name}${about} (${hint.replaceAll('+', ' ')})`} multiline maw={280}>
      <ActionIcon
        aria-label={name}
        data-disabled={isOff || undefined}
        aria-disabled={isOff}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
