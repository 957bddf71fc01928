/** A small bar over the foot of the picture: how far an object was followed, and how that ended. */
import { ActionIcon, Button, Progress, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';

import { useKeys } from '@/hooks/use-keys';

import { useFollowerHere } from './follow-context';
import css from './follow.module.css';
import type { Follower } from './follower';
import { FOLLOW_KEYS as keys } from './keys';
import { followWords as words } from './strings';

export function FollowBar() {
  const follower = useFollowerHere();
  return follower && <Bar follower={follower} />;
}

function Bar({ follower }: { follower: Follower }) {
  const { busy, progress, note, noteFrame, isProblem } = useSyncExternalStore(
    follower.subscribe,
    follower.getView,
  );
  useKeys({
    [keys.followOn.key]: (isRepeat) => (isRepeat ? undefined : follower.start(1)),
    [keys.followBack.key]: (isRepeat) => (isRepeat ? undefined : follower.start(-1)),
    [keys.fillSides.key]: (isRepeat) => (isRepeat ? undefined : follower.fill()),
  });
  if (busy === null && note === null) return null;
  return (
    <section className={css.bar} aria-label={words.bar}>
      {busy === null && isProblem && <IconAlertTriangle size={14} stroke={1.8} aria-hidden />}
      <span className={css.text} role="status">
        {busy ?? note}
      </span>
      {busy !== null ? (
        <>
          <Progress className={css.progress} value={100 * (progress ?? 0)} size="sm" aria-label={words.bar} />
          <Button size="compact-xs" variant="default" onClick={() => follower.stop()}>
            {words.stop}
          </Button>
        </>
      ) : (
        <>
          {noteFrame !== null && (
            <Button size="compact-xs" variant="default" onClick={() => follower.goThere()}>
              {words.goThere}
            </Button>
          )}
          <Tooltip label={words.close}>
            <ActionIcon size={22} variant="subtle" aria-label={words.close} onClick={() => follower.close()}>
              <IconX size={14} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </section>
  );
}
