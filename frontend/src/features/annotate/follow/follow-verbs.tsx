import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowsHorizontal, IconChevronsLeft, IconChevronsRight } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';

import { keyCaps } from '../work/keys';
import { useFollowerHere } from './follow-context';
import { FOLLOW_KEYS as keys } from './keys';
import { followWords as words } from './strings';
import type { Follower } from './follower';

/** Follow forwards and backwards, beside the other verbs of the selected track; nothing while one is followed. */
export function FollowVerbs() {
  const follower = useFollowerHere();
  return follower && <Verbs follower={follower} />;
}

const about = (said: string, chord: string): string => `${said} (${keyCaps(chord).join(' ')})`;

function Verbs({ follower }: { follower: Follower }) {
  const { busy } = useSyncExternalStore(follower.subscribe, follower.getView);
  if (busy !== null) return null;
  return (
    <>
      <Tooltip label={about(words.backAbout, keys.followBack.key)}>
        <ActionIcon
          size={24}
          variant="default"
          aria-label={words.back}
          onClick={() => void follower.start(-1)}
        >
          <IconChevronsLeft size={14} stroke={1.8} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={about(words.fillAbout, keys.fillSides.key)} multiline maw={280}>
        <ActionIcon size={24} variant="default" aria-label={words.fill} onClick={() => void follower.fill()}>
          <IconArrowsHorizontal size={14} stroke={1.8} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={about(words.onAbout, keys.followOn.key)}>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={words.on}
          rightSection={<IconChevronsRight size={14} stroke={1.8} aria-hidden />}
          onClick={() => void follower.start(1)}
        >
          {words.follow}
        </Button>
      </Tooltip>
    </>
  );
}
