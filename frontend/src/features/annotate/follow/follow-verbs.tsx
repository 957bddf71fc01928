import { useSyncExternalStore } from 'react';

import { keyCaps } from '../work/keys';
import { Verb } from '../panels/verb';
import { useFollowerHere } from './follow-context';
import { FOLLOW_KEYS as keys } from './keys';
import { followWords as words } from './strings';
import type { Follower } from './follower';

/** Follow forwards and backwards, beside the other verbs of the selected track; nothing while one is followed. */
export function FollowVerbs() {
  const follower = useFollowerHere();
  return follower && <Verbs follower={follower} />;
}

function Verbs({ follower }: { follower: Follower }) {
  const { busy } = useSyncExternalStore(follower.subscribe, follower.getView);
  if (busy !== null) return null;
  return (
    <>
      <Verb
        label={words.back}
        about={words.backAbout}
        hint={keyCaps(keys.followBack.key).join(' ')}
        onClick={() => void follower.start(-1)}
      />
      <Verb
        label={words.on}
        about={words.onAbout}
        hint={keyCaps(keys.followOn.key).join(' ')}
        onClick={() => void follower.start(1)}
      />
    </>
  );
}
