import { useEffect, useState, type ReactNode } from 'react';

import type { Editor } from '@/canvas/editor';
import { reachOf } from '@/components/video/reach';

import type { TaskSession } from '../work/task-session';
import { FollowContext } from './follow-context';
import { Follower } from './follower';

type Props = { editor: Editor; session: TaskSession; children: ReactNode };

/** A follower for the open task, as long as it is open. */
export function FollowProvider({ editor, session, children }: Props) {
  const [follower, setFollower] = useState<Follower | null>(null);
  const { task, isEditable } = session;
  useEffect(() => {
    if (task.asset.kind !== 'video' || !isEditable) return;
    const made = new Follower(editor, task.id, reachOf(task.asset, task.part));
    // eslint-disable-next-line react-hooks/set-state-in-effect -- made and disposed with the task
    setFollower(made);
    return () => {
      made.dispose();
      setFollower(null);
    };
  }, [editor, task, isEditable]);
  return <FollowContext.Provider value={follower}>{children}</FollowContext.Provider>;
}
