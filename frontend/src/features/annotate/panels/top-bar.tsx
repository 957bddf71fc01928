import { ActionIcon, Badge, Button, Indicator, Kbd, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBook,
  IconChevronLeft,
  IconChevronRight,
  IconMessage,
} from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';

import { partFrames, partName } from '@/lib/video-part';
import type { Project } from '@/types/api';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';
import type { BenchVerbs } from '../use-bench-verbs';
import { checkWords } from '../work/check-words';
import type { Hints } from '../work/keys';
import { SUBMITS } from '../work/one-press';
import type { SessionView, TaskSession } from '../work/task-session';
import type { Workbench } from '../work/workbench';
import { MoreMenu } from './more-menu';
import { PresentPeople } from './present-people';
import { RecentMenu } from './recent-menu';
import { WhyChosen } from './why-chosen';

type Props = {
  project: Project;
  bench: Workbench;
  session: TaskSession;
  view: SessionView;
  on: BenchVerbs;
  hints: Hints;
};

export function TopBar({ project, bench, session, view, on, hints }: Props) {
  const { previousId } = useSyncExternalStore(bench.subscribe, bench.getView);
  const { task, isEditable } = session;
  const { verbs, checks } = on;
  const isReview = task.mode === 'review';
  // That nothing is drawn yet needs no warning before the person wants to submit.
  const toMend = checks.problems.filter((each) => each.kind !== 'empty').length;
  const openComments = view.comments.filter((comment) => !comment.resolved_at).length;
  return (
    <header className={css.top}>
      {!isReview && (
        <>
          <Tooltip label={`${words.previous} (${hints('previousTask')})`}>
            <ActionIcon
              aria-label={words.previous}
              disabled={previousId === null}
              onClick={verbs.previousTask}
            >
              <IconChevronLeft size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={`${words.next} (${hints('nextTask')})`}>
            <ActionIcon aria-label={words.next} onClick={verbs.nextTask}>
              <IconChevronRight size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <RecentMenu projectId={project.id} openId={task.id} onGo={on.goTo} />
        </>
      )}
      {task.blind && isEditable && (
        <Tooltip label={words.blindAbout}>
          <Badge variant="light" color="violet" tt="none" className={css.badge}>
            {words.blind}
          </Badge>
        </Tooltip>
      )}
      {!task.blind && <WhyChosen task={task} />}
      {task.part && (
        <Tooltip label={words.partAbout(partFrames(task.part))} multiline w={280}>
          <Badge variant="light" color="gray" tt="none" className={css.part}>
            {partName(task.part)}
          </Badge>
        </Tooltip>
      )}
      {task.people > 1 && !isReview && (
        <Tooltip label={words.peopleAbout} multiline w={260}>
          <Badge variant="light" color="gray" tt="none" className={css.badge}>
            {words.people(task.people)}
          </Badge>
        </Tooltip>
      )}
      {isReview && (
        <Badge variant="light" color="yellow" tt="none" className={css.badge}>
          {words.reviewing}
        </Badge>
      )}
      <span className={css.spacer} />
      <PresentPeople taskId={task.id} tab={bench.tab} />
      <Tooltip label={`${words.guidelines} (${hints('guidelines')})`}>
        <ActionIcon
          aria-label={words.guidelines}
          aria-pressed={on.side === 'guidelines'}
          variant={on.side === 'guidelines' ? 'light' : undefined}
          onClick={verbs.guidelines}
        >
          <IconBook size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${words.comments} (${hints('comments')})`}>
        <Indicator label={openComments} size={14} disabled={openComments === 0} offset={4}>
          <ActionIcon aria-label={words.comments} onClick={verbs.comments}>
            <IconMessage size={18} stroke={1.6} />
          </ActionIcon>
        </Indicator>
      </Tooltip>
      <MoreMenu project={project} bench={bench} session={session} on={on} hints={hints} />
      {isEditable && !isReview && (
        <Button size="compact-sm" variant="default" onClick={verbs.skip}>
          {words.skip}
        </Button>
      )}
      {toMend > 0 && (
        <Tooltip label={`${checkWords.button(toMend)} (${hints('checks')})`}>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={checkWords.button(toMend)}
            aria-expanded={checks.isOpen}
            leftSection={<IconAlertTriangle size={14} stroke={1.8} className={css.warn} />}
            onClick={verbs.checks}
          >
            {toMend}
          </Button>
        </Tooltip>
      )}
      {isEditable ? (
        <Button
          {...SUBMITS}
          size="compact-sm"
          loading={view.isSubmitting}
          onClick={verbs.submit}
          // A button presses itself again while its key is held.
          onKeyDown={(event) => event.repeat && event.preventDefault()}
          className={css.submit}
          aria-keyshortcuts="Control+Enter"
          rightSection={<Kbd size="xs">Ctrl ↵</Kbd>}
        >
          {isReview ? words.submitReview : words.submit}
        </Button>
      ) : (
        <Button size="compact-sm" className={css.submit} onClick={verbs.nextTask}>
          {words.labelNext}
        </Button>
      )}
    </header>
  );
}
