/** The picture with what lies over it: pins, words for the person, a refusal or the wait for the picture. */
import { Button, Center, Loader, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import { CanvasHost } from '@/components/canvas-host';
import { CommentPins } from '@/components/comments/comment-pins';
import { toApiError } from '@/lib/api-error';
import { titleOf } from '@/lib/video-part';
import type { Project } from '@/types/api';

import css from './annotate.module.css';
import { SmartBar } from './assist/smart-bar';
import { FollowBar } from './follow/follow-bar';
import { Banners } from './panels/banners';
import { ChecksCard } from './panels/checks-card';
import { HistoryOverlay } from './panels/history-overlay';
import { annotateWords as words } from './strings';
import type { BenchVerbs } from './use-bench-verbs';
import type { SessionView, TaskSession } from './work/task-session';
import type { Workbench } from './work/workbench';

type Props = { project: Project; bench: Workbench; session: TaskSession; view: SessionView; on: BenchVerbs };

export function Stage({ project, bench, session, view, on }: Props) {
  const { editor } = bench;
  const { as, isPictureReady, pictureError } = useSyncExternalStore(bench.subscribe, bench.getView);
  return (
    <section className={css.stage} data-checks={on.checks.isOpen || undefined} aria-label={words.picture}>
      <VisuallyHidden component="h1">{titleOf(session.task.asset.name, session.task.part)}</VisuallyHidden>
      <CanvasHost
        editor={editor}
        label={session.task.asset.name}
        keys={session.isEditable ? 'window' : 'none'}
        className={css.canvas}
      />
      {on.compared && <HistoryOverlay editor={editor} compared={on.compared} />}
      <CommentPins editor={editor} comments={view.comments} onOpen={on.verbs.comments} />
      <Banners project={project} session={session} view={view} as={as} on={on} />
      <ChecksCard editor={editor} on={on} />
      <div className={css.foot}>
        {session.isEditable && <SmartBar editor={editor} assist={view.assist} />}
        <FollowBar />
      </div>
      {pictureError !== null && (
        <div className={css.stageMessage}>
          <Stack align="center" gap="xs">
            <Text size="sm">{words.pictureFailed}</Text>
            <Text size="xs" c="dimmed">
              {toApiError(pictureError).message}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => bench.retryPicture()}>
              Try again
            </Button>
          </Stack>
        </div>
      )}
      {!isPictureReady && pictureError === null && (
        <Center className={css.stageMessage} data-waits>
          <Loader aria-label="Loading" />
        </Center>
      )}
    </section>
  );
}
