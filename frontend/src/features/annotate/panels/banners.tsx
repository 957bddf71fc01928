import { Alert, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';
import type { SessionView, TaskSession } from '../work/task-session';

type Props = {
  session: TaskSession;
  view: SessionView;
  /** A word on the last submit; without text it is good news and goes by itself. */
  notice: { title: string; text: string | null } | null;
  onClose: () => void;
  onMergeRead: () => void;
};

/** What a person must know before drawing: returned work, a lost turn, a picture only to look at. */
export function Banners({ session: { task, isEditable }, view, notice, onClose, onMergeRead }: Props) {
  const reason = task.assignment?.return_reason;
  const locked = task.locked_by ? words.readBy(task.locked_by) : words.readState(task.state);
  return (
    <div className={css.banner}>
      {notice?.text === null && (
        <div className={css.done} role="status">
          <IconCheck size={14} stroke={2} aria-hidden /> {notice.title}
        </div>
      )}
      {notice && notice.text !== null && (
        <Alert
          color="yellow"
          variant="filled"
          py={6}
          px="sm"
          title={notice.title}
          autoContrast
          withCloseButton
          onClose={onClose}
          role="alert"
        >
          <Text size="sm">{notice.text}</Text>
        </Alert>
      )}
      {reason && isEditable && (
        <Alert color="yellow" variant="filled" py={6} px="sm" title={words.returned} autoContrast>
          <Text size="sm">{reason}</Text>
        </Alert>
      )}
      {view.isLate && isEditable && (
        <Alert color="yellow" variant="filled" py={6} px="sm" title={words.late} autoContrast>
          <Text size="sm">{words.lateAbout}</Text>
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
      {!isEditable && (
        <Alert variant="default" py={6} px="sm" title={words.readTitle} autoContrast>
          <Text size="sm">{locked}</Text>
        </Alert>
      )}
    </div>
  );
}
