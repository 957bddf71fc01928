import { Button, Center, Kbd, Loader, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';

import { ButtonLink } from '@/components/links';
import { EmptyState, ErrorState } from '@/components/states';
import { useDarkRoom } from '@/hooks/use-dark-room';
import { useKeys } from '@/hooks/use-keys';
import { usePageTitle } from '@/hooks/use-page-title';
import { paths } from '@/lib/paths';
import { toastError, toastUndo } from '@/lib/toast';
import { partFrames, partName, titleOf } from '@/lib/video-part';
import type { Project } from '@/types/api';

import { reviewQueue } from './api';
import { ReviewDesk, type Case, type Decided, type DeskView } from './desk';
import { OpenCase } from './open-case';
import { ReturnDialog } from './return-dialog';
import css from './review.module.css';
import { reviewWords as words } from './strings';
import { UnmergedNote } from './unmerged-note';

/** Beside events: what came in while the stream was down must not wait for a reload. */
const QUEUE_POLL_MS = 20_000;

type Props = { project: Project; switcher: ReactNode };

/** Revisions one after the other: look, decide, next. */
export function PictureView({ project, switcher }: Props) {
  const [desk] = useState(() => new ReviewDesk(project.id));
  const view = useSyncExternalStore(desk.subscribe, desk.getView);
  const [isReturning, setReturning] = useState(false);
  const navigate = useNavigate();
  useDarkRoom();
  usePageTitle(view.item && titleOf(view.item.task.asset.name, view.item.task.part));
  const queue = useQuery({
    queryKey: ['review', project.id, 'queue'],
    queryFn: () => reviewQueue(project.id),
    refetchInterval: QUEUE_POLL_MS,
  });

  useEffect(() => {
    desk.start();
    return () => desk.leave();
  }, [desk]);

  // What is submitted while nothing waited comes onto the desk by itself.
  const waiting = queue.data?.results.length ?? 0;
  const { dataUpdatedAt } = queue;
  useEffect(() => {
    if (waiting > 0 && desk.getView().phase === 'empty') void desk.advance();
  }, [desk, waiting, dataUpdatedAt]);

  const undo = () => desk.undo().catch((error: unknown) => toastError(error, words.notDecided));
  const decide = async (verdict: Decided['verdict'], reason = '') => {
    setReturning(false);
    try {
      if (!(await desk.decide(verdict, reason))) return;
      toastUndo(verdict === 'approve' ? words.approved : words.returned, undo);
      void queue.refetch();
    } catch (error) {
      toastError(error, words.notDecided);
    }
  };
  const edit = () => {
    const id = view.item?.task.id;
    if (!id) return;
    desk.handOver();
    void navigate({ to: paths.annotate(project.id, id), search: { as: 'review' } });
  };
  const isReady = view.phase === 'ready' && !view.isDeciding;
  useKeys({
    A: isReady ? () => void decide('approve') : undefined,
    R: isReady ? () => setReturning(true) : undefined,
    E: isReady ? edit : undefined,
    ArrowRight: isReady ? () => void desk.putOff() : undefined,
    'Ctrl+Z': view.decided.length > 0 ? () => void undo() : undefined,
  });

  return (
    <div className={css.page}>
      <header className={css.top}>
        {switcher}
        {view.item && (
          <Text size="sm" c="dimmed" truncate>
            {words.by(view.item.task.review?.author_name ?? '', view.item.task.review?.number ?? 1)}
            {view.item.task.part && ` · ${partName(view.item.task.part)}, ${partFrames(view.item.task.part)}`}
          </Text>
        )}
        <span className={css.spacer} />
        <Button
          size="compact-sm"
          variant="default"
          disabled={view.decided.length === 0}
          onClick={() => void undo()}
        >
          {words.undo}
        </Button>
      </header>
      <UnmergedNote projectId={project.id} />
      <Body view={view} desk={desk} project={project}>
        {(item) => (
          <OpenCase key={item.revisionId} item={item} view={view} desk={desk} project={project}>
            <div className={css.verdicts}>
              <Button
                size="sm"
                flex="1 1 100%"
                loading={view.isDeciding}
                rightSection={<Kbd size="xs">A</Kbd>}
                onClick={() => void decide('approve')}
              >
                {words.approve}
              </Button>
              <Button
                size="sm"
                variant="default"
                flex="1 1 40%"
                px="xs"
                rightSection={<Kbd size="xs">R</Kbd>}
                onClick={() => setReturning(true)}
              >
                {words.returnIt}
              </Button>
              <Button
                size="sm"
                variant="default"
                flex="1 1 40%"
                px="xs"
                rightSection={<Kbd size="xs">E</Kbd>}
                onClick={edit}
              >
                {words.edit}
              </Button>
              <Button
                size="compact-sm"
                flex="1 1 100%"
                variant="subtle"
                color="gray"
                title={words.laterAbout}
                onClick={() => void desk.putOff()}
              >
                {words.later}
              </Button>
            </div>
          </OpenCase>
        )}
      </Body>
      <footer className={css.line}>
        <span>{queue.data && words.waiting(queue.data.results.length, queue.data.next !== null)}</span>
        <span>{words.decided(view.decided.length)}</span>
        <span className={css.spacer} />
        <span className={css.keys}>{words.keys}</span>
      </footer>
      <ReturnDialog
        key={view.item && `${view.item.revisionId} ${view.item.task.undone_reason}`}
        before={view.item?.task.undone_reason ?? ''}
        isOpen={isReturning}
        onClose={() => setReturning(false)}
        onReturn={(reason) => void decide('return', reason)}
      />
    </div>
  );
}

type BodyProps = {
  view: DeskView;
  desk: ReviewDesk;
  project: Project;
  children: (item: Case) => ReactNode;
};

function Body({ view, desk, project, children }: BodyProps) {
  if (view.phase === 'error') {
    return (
      <Center flex={1}>
        <ErrorState error={view.error} retry={() => void desk.advance()} />
      </Center>
    );
  }
  if (view.phase === 'empty') {
    return (
      <Center flex={1}>
        <EmptyState
          icon={IconCircleCheck}
          title={words.emptyTitle}
          action={
            <>
              <ButtonLink to={paths.annotate(project.id)}>{words.toLabel}</ButtonLink>
              <Button variant="default" onClick={() => desk.again()}>
                Look again
              </Button>
            </>
          }
        >
          {words.emptyAbout(project.settings.allow_self_review ?? false)}
        </EmptyState>
      </Center>
    );
  }
  if (!view.item) {
    return (
      <Center flex={1}>
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  return <>{children(view.item)}</>;
}
