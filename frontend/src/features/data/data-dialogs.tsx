import { AsideDialog, AssignDialog, PeopleDialog, SliceDialog } from '@/features/data/dialogs';
import { bodyOf, isEmpty, searchOf, type Filters } from '@/features/data/filters';
import { ImportDialog } from '@/features/data/import-dialog';
import { dataWords as words } from '@/features/data/strings';
import type { DialogName } from '@/features/data/toolbar';
import { ExportDialog } from '@/components/export-dialog';
import { FreezeDialog } from '@/components/freeze-dialog';

/** Which dialog is open, and for which pictures. */
export type Target = { name: DialogName; assetIds: string[]; taskIds?: string[] };

type Props = {
  projectId: string;
  filters: Filters;
  target: Target | null;
  onClose: () => void;
  /** The chosen pictures were dealt with. */
  onDone: () => void;
};

export function Dialogs({ projectId, filters, target, onClose, onDone }: Props) {
  if (!target) return null;
  const chosen = { projectId, assetIds: target.assetIds, onClose, onDone };
  switch (target.name) {
    case 'slice':
      return <SliceDialog projectId={projectId} filters={filters} onClose={onClose} />;
    case 'freeze':
      return (
        <FreezeDialog projectId={projectId} of={{ filters: bodyOf(filters) }} onClose={onClose}>
          {isEmpty(filters) ? words.freezeAll : words.freezeOf}
        </FreezeDialog>
      );
    case 'export':
      return (
        <ExportDialog
          projectId={projectId}
          title={words.export}
          about={isEmpty(filters) ? words.freezeAll : words.exportAbout}
          of={searchOf(filters)}
          onClose={onClose}
        />
      );
    case 'import':
      return <ImportDialog projectId={projectId} onClose={onClose} />;
    case 'assign':
      return <AssignDialog {...chosen} />;
    case 'people':
      return (
        <PeopleDialog
          projectId={projectId}
          taskIds={target.taskIds ?? []}
          onClose={onClose}
          onDone={onDone}
        />
      );
    case 'aside':
      return <AsideDialog {...chosen} />;
  }
}
