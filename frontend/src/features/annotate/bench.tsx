/** The workbench on the screen: tools, picture, panels and the line at the bottom, for one task after the other. */
import { Button, Center, Drawer, Loader, Skeleton, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';

import { CanvasHost } from '@/components/canvas-host';
import { Markdown } from '@/components/markdown';
import { ErrorState } from '@/components/states';
import { VideoBar } from '@/components/video/video-bar';
import { useKeys } from '@/hooks/use-keys';
import { usePageTitle } from '@/hooks/use-page-title';
import { useMe, useSession } from '@/hooks/use-session';
import { toApiError } from '@/lib/api-error';
import { paths } from '@/lib/paths';
import { toastError } from '@/lib/toast';
import type { Project } from '@/types/api';

import css from './annotate.module.css';
import type { WorkKind } from './api';
import { AttributesForm } from './panels/attributes-form';
import { Banners } from './panels/banners';
import { CommentPins } from './panels/comment-pins';
import { CommentsDrawer } from './panels/comments-drawer';
import { ConflictDialog } from './panels/conflict-dialog';
import { LabelsPanel } from './panels/labels-panel';
import { useToolFollowsLabel } from './panels/use-tool-follows-label';
import { ObjectsPanel } from './panels/objects-panel';
import { ShortcutSheet } from './panels/shortcut-sheet';
import { SkipDialog } from './panels/skip-dialog';
import { SmartHint } from './panels/smart-hint';
import { StatusLine } from './panels/status-line';
import { SuggestionsPanel } from './panels/suggestions-panel';
import { TagsDialog, tagLabels } from './panels/tags-dialog';
import { ToolRail } from './panels/tool-rail';
import { TopBar } from './panels/top-bar';
import { annotateWords as words } from './strings';
import { canvasKeys, keepKeys, keptKeys, pageKeys, type KeyChoices } from './work/key-choices';
import { keyVerbs } from './work/keys';
import { markSubmit } from './work/marks';
import type { TaskSession } from './work/task-session';
import { Workbench } from './work/workbench';

type Props = { project: Project; taskId: string; as: WorkKind };

export function Bench({ project, taskId, as }: Props) {
  const [bench] = useState(() => new Workbench(project.id, project.ontology.labels));
  const view = useSyncExternalStore(bench.subscribe, bench.getView);
  const { data: session, dataUpdatedAt } = useSession();

  useEffect(() => () => bench.leave(), [bench]);
  useEffect(() => void bench.open(taskId, as), [bench, taskId, as]);
  // Back from the sign-in dialog: what waited in the outbox goes on.
  useEffect(() => {
    if (session?.user) view.session?.resume();
  }, [session?.user, dataUpdatedAt, view.session]);

  if (view.phase === 'error') {
    return <ErrorState error={view.error} retry={() => void bench.open(taskId, as)} kept={words.keptHere} />;
  }
  if (!view.session) return <BenchSkeleton />;
  return <OpenBench project={project} bench={bench} session={view.session} />;
}

type OpenProps = { project: Project; bench: Workbench; session: TaskSession };
/** Said over the picture: a message at the edge would lie on the form that it speaks of. */
type Notice = { title: string; text: string | null };
const DONE_SHOWN_MS = 1_800;
type Layer = 'help' | 'skip' | 'tags' | 'guidelines' | 'comments' | null;

function OpenBench({ project, bench, session }: OpenProps) {
  const { editor } = bench;
  const benchView = useSyncExternalStore(bench.subscribe, bench.getView);
  const view = useSyncExternalStore(session.subscribe, session.getView);
  const [layer, setLayer] = useState<Layer>(null);
  const navigate = useNavigate();
  const { task, isEditable } = session;
  const labels = project.ontology.labels;
  const [byId] = useState(() => new Map(labels.map((label) => [label.id, label])));
  const isVideo = task.asset.kind === 'video';
  const [notice, setNotice] = useState<Notice | null>(null);
  const me = useMe();
  const [keys, setKeys] = useState(() => keptKeys(me.id));
  const [isFindingLabel, setFindingLabel] = useState(false);
  const close = () => setLayer(null);
  usePageTitle(task.asset.name);

  useEffect(() => editor.setKeys(canvasKeys(keys)), [editor, keys]);
  useToolFollowsLabel(editor, isVideo);
  const changeKeys = (choices: KeyChoices) => {
    setKeys(choices);
    keepKeys(me.id, choices);
  };

  useEffect(() => {
    if (!session.isEditable) editor.setTool('pan');
    else if (editor.getSnapshot().tool === 'pan') editor.setTool('select');
  }, [editor, session]);

  useEffect(() => {
    if (!notice || notice.text !== null) return;
    const timer = setTimeout(() => setNotice(null), DONE_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);

  const goTo = (id: string) => void navigate({ to: paths.annotate(project.id, id) });
  const next = async () => {
    try {
      const id = await bench.nextId();
      if (id) goTo(id);
      else void navigate({ to: paths.annotate(project.id) });
    } catch (error) {
      toastError(error);
    }
  };
  const submit = async () => {
    markSubmit();
    setNotice(null);
    const result = await session.submit();
    if (result.kind === 'done') {
      bench.countDone();
      setNotice({ title: task.mode === 'review' ? words.approved : words.submitted, text: null });
      if (task.mode === 'review') void navigate({ to: paths.review(project.id) });
      else await next();
    } else if (result.kind === 'incomplete') {
      editor.select(result.ids.slice(0, 1));
      setNotice(
        result.message === null
          ? { title: words.needed(result.ids.length), text: words.neededAbout }
          : { title: words.notSubmitted, text: result.message },
      );
    } else if (result.kind === 'not-saved') setNotice({ title: words.notSubmitted, text: words.notSavedYet });
    else if (result.kind === 'failed' && !result.error.isSignedOut) {
      setNotice({ title: words.notSubmitted, text: result.error.message });
    }
  };
  const skip = (reason: string) => {
    close();
    session.skip(reason).then(next, (error: unknown) => toastError(error));
  };
  const previous = () => benchView.previousId && goTo(benchView.previousId);
  const open = (wanted: Exclude<Layer, null>) => () => setLayer(layer === wanted ? null : wanted);

  const verbs = {
    submit: () => void submit(),
    nextTask: () => void next(),
    previousTask: previous,
    skip: open('skip'),
    help: open('help'),
    tags: open('tags'),
    guidelines: open('guidelines'),
    comments: open('comments'),
    findLabel: () => setFindingLabel(true),
  };
  useKeys(keyVerbs(verbs, { isEditable, isBusy: benchView.phase !== 'ready' }, pageKeys(keys)));

  return (
    <div className={css.bench}>
      <TopBar
        session={session}
        view={view}
        canGoBack={benchView.previousId !== null}
        onPrevious={previous}
        onNext={() => void next()}
        onSkip={open('skip')}
        onSubmit={() => void submit()}
        onGuidelines={open('guidelines')}
        onComments={open('comments')}
      />
      <ToolRail
        editor={editor}
        isEditable={isEditable}
        isVideo={isVideo}
        hasTags={tagLabels(labels).length > 0}
        assist={!session.mayAssist ? 'absent' : view.assist.state === 'ready' ? 'ready' : 'off'}
        onTags={open('tags')}
        onHelp={open('help')}
      />
      <main className={css.stage}>
        <CanvasHost
          editor={editor}
          label={task.asset.name}
          keys={isEditable ? 'window' : 'none'}
          className={css.canvas}
        />
        <CommentPins editor={editor} comments={view.comments} onOpen={open('comments')} />
        <Banners
          session={session}
          view={view}
          notice={notice}
          onClose={() => setNotice(null)}
          onMergeRead={() => session.dismissMerged()}
        />
        <SmartHint editor={editor} />
        {benchView.pictureError !== null && (
          <div className={css.stageMessage}>
            <Stack align="center" gap="xs">
              <Text size="sm">{words.pictureFailed}</Text>
              <Text size="xs" c="dimmed">
                {toApiError(benchView.pictureError).message}
              </Text>
              <Button size="compact-sm" variant="default" onClick={() => bench.retryPicture()}>
                Try again
              </Button>
            </Stack>
          </div>
        )}
        {!benchView.isPictureReady && benchView.pictureError === null && (
          <Center className={css.stageMessage}>
            <Loader aria-label="Loading" />
          </Center>
        )}
      </main>
      <aside className={css.panel}>
        <LabelsPanel
          editor={editor}
          labels={labels}
          isEditable={isEditable}
          isVideo={isVideo}
          isFinding={isFindingLabel}
          onFinding={setFindingLabel}
        />
        {isEditable && task.suggestions.length > 0 && (
          <SuggestionsPanel editor={editor} projectId={project.id} labels={byId} />
        )}
        <ObjectsPanel editor={editor} labels={byId} isEditable={isEditable} isVideo={isVideo} />
        <AttributesForm editor={editor} labels={labels} isEditable={isEditable} />
      </aside>
      {isVideo && <VideoBar key={task.id} editor={editor} asset={task.asset} labels={byId} />}
      <StatusLine
        editor={editor}
        session={session}
        view={view}
        doneToday={benchView.doneToday}
        onHelp={open('help')}
      />

      <ShortcutSheet
        isOpen={layer === 'help'}
        onClose={close}
        choices={keys}
        labels={labels}
        isVideo={isVideo}
        onChange={changeKeys}
      />
      <SkipDialog isOpen={layer === 'skip'} onClose={close} onSkip={skip} />
      <TagsDialog isOpen={layer === 'tags'} onClose={close} editor={editor} labels={labels} />
      <Drawer opened={layer === 'guidelines'} onClose={close} position="right" title={words.guidelines}>
        {project.guidelines ? (
          <Markdown text={project.guidelines} />
        ) : (
          <Text size="sm">{words.noGuidelines}</Text>
        )}
      </Drawer>
      <CommentsDrawer
        isOpen={layer === 'comments'}
        onClose={close}
        session={session}
        comments={view.comments}
        editor={editor}
      />
      {view.pendingMerge && (
        <ConflictDialog
          conflicts={view.pendingMerge.conflicts}
          author={view.pendingMerge.clash.author}
          labels={byId}
          styleOf={(labelId) => editor.styleOf(labelId)}
          picture={editor.image}
          onResolve={(choices) => session.merging.choose(choices)}
        />
      )}
    </div>
  );
}

function BenchSkeleton() {
  return (
    <div className={css.bench} aria-busy="true" aria-label="Loading">
      <div className={css.top}>
        <Skeleton h={18} w={180} />
      </div>
      <div className={css.tools} />
      <div className={css.stage} />
      <div className={css.panel}>
        <Stack p="sm" gap="xs">
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} h={22} />
          ))}
        </Stack>
      </div>
      <div className={css.line} />
    </div>
  );
}
