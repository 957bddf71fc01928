import { Text, TextInput, Tooltip, VisuallyHidden } from '@mantine/core';
import { useState, type Ref } from 'react';

import { count } from '@/lib/numbers';

import type { Reach } from './reach';
import { videoWords as words } from './strings';
import css from './video.module.css';
import { clock, frameMeant } from './wish';

type Props = {
  ref: Ref<HTMLInputElement>;
  frame: number;
  reach: Reach;
  /** Of the whole video. */
  frameCount: number;
  times: readonly number[];
  /** Why nothing was gone to, where there is something to say. */
  note: string | null;
  onSeek: (frame: number) => void;
};

/** Says which frame is shown, and goes where one types: a frame's number or a time. */
export function JumpField({ ref, frame, reach, frameCount, times, note, onSeek }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const at = times[frame];
  const isPart = reach.first > 0 || reach.last < frameCount - 1;
  const leave = () => {
    setTyped(null);
    setWrong(false);
  };
  const go = (field: HTMLInputElement) => {
    const meant = frameMeant(typed ?? '', times, reach);
    if (typed !== null && meant === null) return setWrong(true);
    if (meant !== null) onSeek(meant);
    leave();
    field.blur();
  };
  return (
    <>
      <Tooltip
        label={isWrong ? words.notUnderstood : (note ?? words.goToHow)}
        opened={isWrong || note !== null || undefined}
        withinPortal={false}
      >
        <TextInput
          ref={ref}
          size="xs"
          className={css.jump}
          aria-label={words.goTo}
          inputMode="text"
          value={typed ?? count(frame + 1)}
          error={isWrong}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(false);
          }}
          onBlur={leave}
          onKeyDown={(event) => {
            if (event.key === 'Enter') go(event.currentTarget);
            if (event.key === 'Escape') {
              leave();
              event.currentTarget.blur();
            }
          }}
        />
      </Tooltip>
      <VisuallyHidden role="status">{note}</VisuallyHidden>
      <Text size="xs" c="dimmed" className={css.whole}>
        {isPart && `${words.reach(reach.first, reach.last)} `}
        {words.total(frameCount)}
        {at !== undefined && ` · ${clock(at)}`}
      </Text>
    </>
  );
}
