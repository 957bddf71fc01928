import { Button, Center, Kbd, Loader, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';

import { Editor } from '@/canvas/editor';
import { CanvasHost } from '@/components/canvas-host';
import { ButtonLink } from '@/components/links';
import { EmptyState, ErrorState } from '@/components/states';
import { VideoBar } from '@/components/video/video-bar';
import { useDarkRoom } from '@/hooks/use-dark-room';
import { useKeys } from '@/hooks/use-keys';
import { usePageTitle } from '@/hooks/use-page-title';
import { paths } from '@/lib/paths';
import { HttpTiles } from '@/lib/tiles';
import { toastError, toastUndo } from '@/lib/toast';
import type { WireRegion } from '@/canvas/document/wire';
import type { Project } from '@/types/api';

import { getRevision, reviewQueue } from './api';
import { CaseSide, statusWordsOf } from './case-side';
import { answerRows } from './consensus';
import { ConsensusSide } from './consensus-side';
import { ReviewDesk, type Case, type Decided, type DeskView } from './desk';
import { ReturnDialog } from './return-dialog';
import css from './review.module.css';
import { showDiff } from './show-diff';
import { reviewWords as words } from './strings';

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
  usePageTitle(view.item?.task.asset.name);
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
      await desk.decide(verdict, reason);
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
        <span>{words.keys}</span>
      </footer>
      <ReturnDialog
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

type CaseProps = { item: Case; view: DeskView; desk: ReviewDesk; project: Project; children: ReactNode };

/** The picture with the revision on it, read only, and what the revision changed. */
function OpenCase({ item, view, desk, project, children }: CaseProps) {
  const { labels } = project.ontology;
  const { asset } = item.task;
  const isVideo = asset.kind === 'video';
  const [isByChange, setByChange] = useState(item.against !== 'nothing');
  const [editor] = useState(() => {
    const made = new Editor({ ontology: { labels } });
    made.setTool('pan');
    made.setFrame(isVideo ? 0 : null);
    return made;
  });

  const [answerId, setAnswerId] = useState<string | null>(null);
  const answer = useQuery({
    queryKey: ['revision', answerId],
    queryFn: () => getRevision(answerId ?? ''),
    enabled: answerId !== null,
    staleTime: Infinity,
  });
  const { consensus } = item;
  const looked = answerId !== null && consensus ? answer.data : undefined;
  const diff = useMemo(
    () =>
      looked && consensus
        ? answerRows(
            consensus,
            looked.labels.regions as WireRegion[],
            item.task.labels.regions as WireRegion[],
          )
        : item.diff,
    [looked, consensus, item],
  );
  const ofPerson = looked ? (looked.author?.name ?? words.formerPerson) : null;
  const statusName = statusWordsOf(item, ofPerson);
  useEffect(
    () => showDiff(editor, diff, labels, isByChange, statusName),
    [editor, diff, labels, isByChange, statusName],
  );
  useEffect(() => {
    if (answer.error) toastError(answer.error);
  }, [answer.error]);
  useEffect(() => {
    if (!isVideo) editor.setImage(view.picture, asset.width, asset.height);
  }, [editor, view.picture, asset, isVideo]);
  useEffect(() => {
    if (!asset.tiles) return;
    const tiles = new HttpTiles(asset.tiles);
    editor.setTiles(tiles);
    return () => {
      editor.setTiles(null);
      tiles.close();
    };
  }, [editor, asset.tiles]);
  // D is a step back in videos.
  useKeys(isVideo ? {} : { D: () => setByChange(!isByChange) });

  const byId = new Map(labels.map((label) => [label.id, label]));
  return (
    <div className={css.desk}>
      <div className={css.stage}>
        <CanvasHost editor={editor} label={asset.name} keys="none" className={css.canvas} />
        {!isVideo && !view.picture && (
          <div className={css.message}>
            {view.pictureError ? (
              <Text size="sm">{words.pictureFailed}</Text>
            ) : (
              <Loader aria-label="Loading" />
            )}
          </div>
        )}
      </div>
      <aside className={css.side}>
        <CaseSide
          item={item}
          diff={diff}
          ofPerson={ofPerson}
          editor={editor}
          labels={byId}
          isByChange={isByChange}
          onByChange={setByChange}
        />
        {consensus && (
          <ConsensusSide
            item={item}
            consensus={consensus}
            desk={desk}
            shown={answerId}
            onShow={setAnswerId}
          />
        )}
        {children}
      </aside>
      {isVideo && <VideoBar editor={editor} asset={asset} labels={byId} />}
    </div>
  );
}
