/** The workbench on the screen: tools, picture, panels and the line at the bottom, for one task after the other. */
import { memo, useEffect, useState, useSyncExternalStore } from 'react';

import { ErrorState } from '@/components/states';
import { VideoBar } from '@/components/video/video-bar';
import { useEditorPart } from '@/hooks/use-editor';
import { useKeys } from '@/hooks/use-keys';
import { usePageTitle } from '@/hooks/use-page-title';
import { useMe, useSession } from '@/hooks/use-session';
import { titleOf } from '@/lib/video-part';
import type { Project } from '@/types/api';

import css from './annotate.module.css';
import type { WorkKind } from './api';
import { BenchSkeleton } from './bench-skeleton';
import { FollowProvider } from './follow/follow-provider';
import { Layers } from './layers';
import { AttributesForm } from './panels/attributes-form';
import { LabelsPanel } from './panels/labels-panel';
import { ObjectsPanel } from './panels/objects-panel';
import { OptionsBar } from './panels/options-bar';
import { SidePanel } from './panels/side-panel';
import { StatusLine } from './panels/status-line';
import { SuggestionsPanel } from './panels/suggestions-panel';
import { tagLabels } from './panels/tags-dialog';
import { ToolRail } from './panels/tool-rail';
import { TopBar } from './panels/top-bar';
import { UntakenNote } from './panels/untaken-note';
import { useToolFollowsLabel } from './panels/use-tool-follows-label';
import { Stage } from './stage';
import { annotateWords as words } from './strings';
import { useBenchVerbs } from './use-bench-verbs';
import { canvasKeys, keepKeys, keptKeys, pageKeys, type KeyChoices } from './work/key-choices';
import { hintsOf, keyCaps, keyVerbs } from './work/keys';
import type { TaskSession } from './work/task-session';
import { Workbench } from './work/workbench';

/** Drawn again only for what is theirs: the next picture must not wait for panels that stay as they are. */
const Still = {
  AttributesForm: memo(AttributesForm),
  LabelsPanel: memo(LabelsPanel),
  ObjectsPanel: memo(ObjectsPanel),
  OptionsBar: memo(OptionsBar),
  StatusLine: memo(StatusLine),
  SuggestionsPanel: memo(SuggestionsPanel),
  ToolRail: memo(ToolRail),
};

type Props = { project: Project; taskId: string; as: WorkKind; owner: string };

export function Bench({ project, taskId, as, owner }: Props) {
  const [bench] = useState(() => new Workbench(project.id, project.ontology.labels, owner));
  const view = useSyncExternalStore(bench.subscribe, bench.getView);
  const { data: session, dataUpdatedAt } = useSession();

  useEffect(() => () => bench.leave(), [bench]);
  useEffect(() => void bench.open(taskId, as), [bench, taskId, as]);
  // Back from the sign-in dialog: what waited in the outbox goes on.
  useEffect(() => {
    if (session?.user) bench.resume();
  }, [session?.user, dataUpdatedAt, bench]);

  if (view.phase === 'error') {
    return (
      <>
        <UntakenNote projectId={project.id} />
        <ErrorState error={view.error} retry={() => void bench.open(taskId, as)} kept={words.keptHere} />
      </>
    );
  }
  if (!view.session) return <BenchSkeleton />;
  return (
    <FollowProvider editor={bench.editor} session={view.session}>
      <OpenBench project={project} bench={bench} session={view.session} />
    </FollowProvider>
  );
}

type OpenProps = { project: Project; bench: Workbench; session: TaskSession };

/** Not drawn again because the address followed what is open already. */
const OpenBench = memo(function OpenBench({ project, bench, session }: OpenProps) {
  const { editor } = bench;
  const benchView = useSyncExternalStore(bench.subscribe, bench.getView);
  const view = useSyncExternalStore(session.subscribe, session.getView);
  const { task, isEditable } = session;
  const labels = project.ontology.labels;
  const [byId] = useState(() => new Map(labels.map((label) => [label.id, label])));
  const isVideo = task.asset.kind === 'video';
  // Later ones count too: those that the assist was asked for.
  const hasSuggestions = useEditorPart(editor, () => editor.document.state.suggestions.size > 0);
  const me = useMe();
  const [keys, setKeys] = useState(() => keptKeys(me.id));
  const [isFindingLabel, setFindingLabel] = useState(false);
  const on = useBenchVerbs({ project, bench, session, labels: byId });
  usePageTitle(titleOf(task.asset.name, task.part));

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

  const verbs = { ...on.verbs, findLabel: () => setFindingLabel(true) };
  const hostKeys = pageKeys(keys);
  useKeys(keyVerbs(verbs, { isEditable, isBusy: benchView.phase !== 'ready' }, hostKeys));

  return (
    <div className={css.bench}>
      <TopBar
        project={project}
        bench={bench}
        session={session}
        view={view}
        on={on}
        hints={hintsOf(hostKeys)}
      />
      <Still.ToolRail
        editor={editor}
        labels={labels}
        isEditable={isEditable}
        isVideo={isVideo}
        tagsHint={keyCaps(hostKeys.tags[0] ?? '').join(' ')}
        helpHint={keyCaps(hostKeys.help[0] ?? '').join(' ')}
        hasTags={tagLabels(labels).length > 0}
        assist={!session.mayAssist ? 'absent' : view.assist.state === 'unavailable' ? 'off' : 'ready'}
        onTags={on.verbs.tags}
        onHelp={on.verbs.help}
      />
      <Still.OptionsBar editor={editor} labels={labels} isEditable={isEditable} isVideo={isVideo} />
      <Stage project={project} bench={bench} session={session} view={view} on={on} />
      <SidePanel key={task.id} project={project} bench={bench} session={session} labels={byId} on={on} />
      <aside className={css.panel}>
        <Still.LabelsPanel
          editor={editor}
          labels={labels}
          isEditable={isEditable}
          isVideo={isVideo}
          isFinding={isFindingLabel}
          onFinding={setFindingLabel}
        />
        {isEditable && hasSuggestions && (
          <Still.SuggestionsPanel
            editor={editor}
            projectId={project.id}
            labels={byId}
            leftOut={task.suggestions_left_out}
          />
        )}
        <Still.ObjectsPanel editor={editor} labels={byId} isEditable={isEditable} isVideo={isVideo} />
        <Still.AttributesForm editor={editor} labels={labels} isEditable={isEditable} />
      </aside>
      {isVideo && (
        <VideoBar
          key={task.id}
          editor={editor}
          asset={task.asset}
          part={task.part}
          labels={byId}
          isEditable={isEditable}
        />
      )}
      <Still.StatusLine
        editor={editor}
        session={session}
        view={view}
        progress={benchView.progress}
        onHelp={on.verbs.help}
      />
      <Layers
        project={project}
        bench={bench}
        session={session}
        view={view}
        labels={byId}
        on={on}
        keys={keys}
        onKeys={changeKeys}
      />
    </div>
  );
});
