import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';

import { atLeast } from '@/lib/roles';
import type { OpenTask } from '@/types/annotation';
import type { Project } from '@/types/api';

import css from '../annotate.module.css';
import type { WorkKind } from '../api';
import { flowWords } from '../flow-strings';
import { annotateWords as words } from '../strings';
import type { BenchVerbs } from '../use-bench-verbs';
import type { SessionView, TaskSession } from '../work/task-session';
import { UntakenNote } from './untaken-note';

type Props = {
  project: Project;
  session: TaskSession;
  view: SessionView;
  as: WorkKind;
  on: BenchVerbs;
};

/** What a person must know before drawing: returned work, a lost turn, a picture only to look at. */
export function Banners({ project, session, view, as, on }: Props) {
  const { task, isEditable } = session;
  // Without text it is good news and goes by itself.
  const { notice } = on;
  const onClose = () => on.say(null);
  const onMergeRead = () => session.dismissMerged();
  const reason = task.assignment?.return_reason;
  // Offered beside whoever has it, too: that was read once, and the server tells who has it by now.
  const mayReview =
    isReviewedState(task.state) && atLeast(project.my_role, 'reviewer') && !isOwnWork(project, task);
  const locked = lockedWords(task);
  return (
    <div className={css.banner}>
      {notice?.text === null && (
        <div className={css.done} data-waits={notice.isWait || undefined} role="status">
          {notice.isWait ? (
            <IconAlertTriangle size={14} stroke={2} aria-hidden />
          ) : (
            <IconCheck size={14} stroke={2} aria-hidden />
          )}{' '}
          {notice.title}
        </div>
      )}
      <UntakenNote projectId={project.id} onOpen={on.goTo} />
      {notice && notice.text !== null && (
        <Alert
          color={notice.isGood ? undefined : 'yellow'}
          variant={notice.isGood ? 'default' : 'filled'}
          py={6}
          px="sm"
          title={notice.title}
          autoContrast
          withCloseButton
          closeButtonLabel={words.closeNote}
          onClose={onClose}
          role={notice.isGood ? 'status' : 'alert'}
        >
          <Text size="sm">{notice.text}</Text>
        </Alert>
      )}
      {reason && isEditable && <Returned key={task.id} reason={reason} />}
      {view.isLate && isEditable && (
        <Alert color="yellow" variant="filled" py={6} px="sm" title={words.late} autoContrast>
          <Text size="sm">{words.lateAbout}</Text>
        </Alert>
      )}
      {as === 'review' && isEditable && task.review?.second_look && (
        <Alert variant="default" py={6} px="sm" title={words.second} role="status">
          <Text size="sm">{words.secondAbout}</Text>
        </Alert>
      )}
      {!view.isDurable && isEditable && (
        <Alert color="yellow" variant="filled" py={6} px="sm" title={words.noCopy} autoContrast>
          <Text size="sm">{words.noCopyAbout}</Text>
        </Alert>
      )}
      {view.mergedWith !== null && (
        <Alert
          variant="default"
          py={6}
          px="sm"
          title={words.merged}
          withCloseButton
          closeButtonLabel={words.closeNote}
          onClose={onMergeRead}
          role="status"
        >
          <Text size="sm">{words.mergedAbout(view.mergedWith)}</Text>
        </Alert>
      )}
      {as === 'correct' && isEditable && (
        <Alert variant="default" py={6} px="sm" title={flowWords.tookBack}>
          <Group gap="sm" align="end">
            <Text size="sm" flex="1 1 240px">
              {flowWords.tookBackAbout}
            </Text>
            <Button size="compact-sm" variant="default" onClick={on.putBack}>
              {flowWords.putBack}
            </Button>
          </Group>
        </Alert>
      )}
      {!isEditable && task.correctable && (
        <Alert variant="default" py={6} px="sm" title={flowWords.waits}>
          <Group gap="sm" align="end">
            <Text size="sm" flex="1 1 240px">
              {flowWords.waitsAbout}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => on.goTo(task.id, 'correct')}>
              {flowWords.takeBack}
            </Button>
          </Group>
        </Alert>
      )}
      {!isEditable && !task.correctable && (
        <Alert variant="default" py={6} px="sm" title={words.readTitle} autoContrast>
          <Group gap="sm" wrap="nowrap">
            <Text size="sm" flex={1}>
              {locked}
            </Text>
            {mayReview && (
              <Button size="compact-sm" variant="default" onClick={() => on.goTo(task.id, 'review')}>
                {words.correctIt}
              </Button>
            )}
          </Group>
        </Alert>
      )}
    </div>
  );
}

/** Labels are there that a reviewer may change. */
const isReviewedState = (state: string) => ['auto_approved', 'approved', 'in_review'].includes(state);

/** Labelled by oneself where the project has another person review that: the server would refuse. */
function isOwnWork(project: Project, { assignment }: OpenTask): boolean {
  if (project.settings.allow_self_review) return false;
  return assignment?.kind === 'label' && ['submitted', 'approved'].includes(assignment.state);
}

function lockedWords({ state, locked_by }: OpenTask): string {
  if (locked_by) return words.readBy(locked_by);
  if (state === 'auto_approved') return words.readByPolicy;
  return isReviewedState(state) ? words.readReviewed(state) : words.readState(state);
}

/** Read once it lies over the picture only by its title; a press brings it back. */
function Returned({ reason }: { reason: string }) {
  const [isFolded, setFolded] = useState(false);
  if (isFolded) {
    return (
      <Button size="compact-sm" color="yellow" autoContrast onClick={() => setFolded(false)}>
        {words.returned}
      </Button>
    );
  }
  return (
    <Alert
      color="yellow"
      variant="filled"
      py={6}
      px="sm"
      title={words.returned}
      autoContrast
      withCloseButton
      closeButtonLabel={words.foldNote}
      onClose={() => setFolded(true)}
    >
      <Text size="sm">{reason}</Text>
    </Alert>
  );
}
