import { ActionIcon, Badge, Button, Indicator, Kbd, Tooltip } from '@mantine/core';
import { IconBook, IconChevronLeft, IconChevronRight, IconMessage } from '@tabler/icons-react';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';
import type { SessionView, TaskSession } from '../work/task-session';

type Props = {
  session: TaskSession;
  view: SessionView;
  canGoBack: boolean;
  onPrevious: () => void;
  onNext: () => void;
  onSkip: () => void;
  onSubmit: () => void;
  onGuidelines: () => void;
  onComments: () => void;
};

export function TopBar({ session, view, canGoBack, ...on }: Props) {
  const { task, isEditable } = session;
  const isReview = task.mode === 'review';
  const openComments = view.comments.filter((comment) => !comment.resolved_at).length;
  return (
    <header className={css.top}>
      {!isReview && (
        <>
          <Tooltip label={`${words.previous} (PgUp)`}>
            <ActionIcon aria-label={words.previous} disabled={!canGoBack} onClick={on.onPrevious}>
              <IconChevronLeft size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={`${words.next} (PgDn)`}>
            <ActionIcon aria-label={words.next} onClick={on.onNext}>
              <IconChevronRight size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
      {task.blind && isEditable && (
        <Tooltip label={words.blindAbout}>
          <Badge variant="light" color="violet" tt="none" style={{ flexShrink: 0 }}>
            {words.blind}
          </Badge>
        </Tooltip>
      )}
      {isReview && (
        <Badge variant="light" color="yellow" tt="none" style={{ flexShrink: 0 }}>
          {words.reviewing}
        </Badge>
      )}
      <span className={css.spacer} />
      <Tooltip label={`${words.guidelines} (G)`}>
        <ActionIcon aria-label={words.guidelines} onClick={on.onGuidelines}>
          <IconBook size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${words.comments} (Shift+C)`}>
        <Indicator label={openComments} size={14} disabled={openComments === 0} offset={4}>
          <ActionIcon aria-label={words.comments} onClick={on.onComments}>
            <IconMessage size={18} stroke={1.6} />
          </ActionIcon>
        </Indicator>
      </Tooltip>
      {isEditable && !isReview && (
        <Button size="compact-sm" variant="default" onClick={on.onSkip}>
          {words.skip}
        </Button>
      )}
      {isEditable ? (
        <Button
          size="compact-sm"
          loading={view.isSubmitting}
          onClick={on.onSubmit}
          aria-keyshortcuts="Control+Enter"
          rightSection={<Kbd size="xs">Ctrl ↵</Kbd>}
        >
          {isReview ? words.submitReview : words.submit}
        </Button>
      ) : (
        <Button size="compact-sm" onClick={on.onNext}>
          {words.labelNext}
        </Button>
      )}
    </header>
  );
}
