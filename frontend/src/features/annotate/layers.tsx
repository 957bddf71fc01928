/** Dialogs and drawers of the bench: one at a time, over everything. */
import { CommentsDrawer } from '@/components/comments/comments-drawer';
import type { Label, Project } from '@/types/api';

import { ConflictDialog } from './panels/conflict-dialog';
import { ImportDialog } from './panels/import-dialog';
import { ShortcutSheet } from './panels/shortcut-sheet';
import { SkipDialog } from './panels/skip-dialog';
import { TagsDialog } from './panels/tags-dialog';
import type { BenchVerbs } from './use-bench-verbs';
import type { KeyChoices } from './work/key-choices';
import type { SessionView, TaskSession } from './work/task-session';
import type { Workbench } from './work/workbench';

type Props = {
  project: Project;
  bench: Workbench;
  session: TaskSession;
  view: SessionView;
  labels: ReadonlyMap<string, Label>;
  on: BenchVerbs;
  keys: KeyChoices;
  onKeys: (keys: KeyChoices) => void;
};

export function Layers({ project, bench, session, view, labels: byId, on, keys, onKeys }: Props) {
  const { editor } = bench;
  const { labels } = project.ontology;
  const isVideo = session.task.asset.kind === 'video';
  const close = () => on.setLayer(null);
  return (
    <>
      <ShortcutSheet
        isOpen={on.layer === 'help'}
        onClose={close}
        choices={keys}
        labels={labels}
        isVideo={isVideo}
        onChange={onKeys}
      />
      <SkipDialog isOpen={on.layer === 'skip'} onClose={close} onSkip={on.skip} />
      <TagsDialog isOpen={on.layer === 'tags'} onClose={close} editor={editor} labels={labels} />
      <CommentsDrawer
        isOpen={on.layer === 'comments'}
        onClose={close}
        taskId={session.task.id}
        comments={view.comments}
        onComments={(comments) => session.setComments(comments)}
        editor={editor}
      />
      {on.layer === 'import' && (
        <ImportDialog onClose={close} session={session} editor={editor} labels={byId} onDone={on.say} />
      )}
      {view.pendingMerge && (
        <ConflictDialog
          conflicts={view.pendingMerge.conflicts}
          author={view.pendingMerge.clash.author}
          labels={byId}
          styleOf={(labelId) => editor.styleOf(labelId)}
          picture={editor.image}
          pictureSize={editor.imageSize}
          onResolve={(choices) => session.merging.choose(choices)}
        />
      )}
    </>
  );
}
