import { ActionIcon, Loader, Popover, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { TimeAgo } from '@/components/time';
import { toApiError } from '@/lib/api-error';
import { titleOf } from '@/lib/video-part';
import type { RecentTask } from '@/types/annotation';

import { recentTasks, type WorkKind } from '../api';
import { flowWords as words } from '../flow-strings';
import css from './flow.module.css';

type Props = { projectId: string; openId: string | null; onGo: (taskId: string, as: WorkKind) => void };

/** The way back to one's last pictures: to correct them where that is still possible, else to look at them. */
export function RecentMenu({ projectId, openId, onGo }: Props) {
  const [isOpen, setOpen] = useState(false);
  const go = (task: RecentTask) => {
    setOpen(false);
    onGo(task.id, task.correctable && task.work_state === 'submitted' ? 'correct' : 'label');
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={320} trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={words.recent} disabled={isOpen}>
          <ActionIcon aria-label={words.recent} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <IconHistory size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={4} mah="70vh" style={{ overflowY: 'auto' }} aria-label={words.recent}>
        <RecentList projectId={projectId} openId={openId} onGo={go} />
      </Popover.Dropdown>
    </Popover>
  );
}

type ListProps = { projectId: string; openId: string | null; onGo: (task: RecentTask) => void };

export function RecentList({ projectId, openId, onGo }: ListProps) {
  const recent = useQuery({
    queryKey: ['recent-tasks', projectId],
    queryFn: () => recentTasks(projectId),
    staleTime: 0,
  });
  if (recent.error) {
    return (
      <Text size="sm" p="xs">
        {words.recentFailed} {toApiError(recent.error).message}
      </Text>
    );
  }
  if (!recent.data) return <Loader size="sm" m="sm" aria-label="Loading" />;
  if (recent.data.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="xs">
        {words.recentEmpty}
      </Text>
    );
  }
  return (
    <>
      {recent.data.map((task) => (
        <UnstyledButton
          key={task.id}
          className={css.recent}
          data-here={task.id === openId || undefined}
          onClick={() => onGo(task)}
        >
          <img className={css.thumb} src={task.asset.thumbnail_url} alt="" loading="lazy" />
          <span className={css.recentText}>
            <span className={css.nameLine}>{titleOf(task.asset.name, task.part)}</span>
            <span className={css.smallLine}>
              {words.work[task.work_state]} · <TimeAgo at={task.worked_at} span inherit />
            </span>
            <span className={css.smallLine}>{verbOf(task, openId)}</span>
          </span>
        </UnstyledButton>
      ))}
    </>
  );
}

function verbOf(task: RecentTask, openId: string | null): string {
  if (task.id === openId) return words.recentHere;
  if (!task.correctable) return words.recentLook;
  return task.work_state === 'submitted' ? words.recentCorrect : words.recentOpen;
}
