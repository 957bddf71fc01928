import { Alert, Stack } from '@mantine/core';

import { DropZone } from '@/features/media/drop-zone';
import { senderOf, setOptions, useQueue } from '@/features/media/queues';
import { mediaWords as words } from '@/features/media/strings';
import { UploadList } from '@/features/media/upload-list';
import { UploadOptionsBar } from '@/features/media/upload-options';
import { UploadSummary } from '@/features/media/upload-summary';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { atLeast } from '@/lib/roles';
import type { Project } from '@/types/api';

export default function UploadPage() {
  const project = useProject(useParam('projectId'));
  return (
    <QueryView query={project} skeleton={<PageSkeleton />} kept={words.kept}>
      {(data) => <Upload project={data} />}
    </QueryView>
  );
}

function Upload({ project }: { project: Project }) {
  const sender = senderOf(project.id);
  const { items, isPaused } = useQueue(sender.queue);
  const why =
    project.archived_at !== null
      ? words.archived
      : atLeast(project.my_role, 'annotator')
        ? null
        : words.viewer;
  return (
    <PageFrame title={words.title} about={words.about}>
      {why ? (
        <Alert color="yellow" variant="light">
          {why}
        </Alert>
      ) : (
        <Stack gap="md">
          <UploadOptionsBar
            siteId={project.site?.id}
            initial={sender.options}
            onChange={(options) => setOptions(project.id, options)}
          />
          <DropZone onFiles={(files) => sender.queue.add(files)} />
          {items.length > 0 && (
            <>
              <UploadSummary projectId={project.id} items={items} isPaused={isPaused} queue={sender.queue} />
              <UploadList items={items} />
            </>
          )}
        </Stack>
      )}
    </PageFrame>
  );
}
