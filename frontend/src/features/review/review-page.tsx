import { SegmentedControl, VisuallyHidden } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

import { GridView } from './grid-view';
import { PictureView } from './picture-view';
import { reviewWords as words } from './strings';

type View = 'pictures' | 'grid';

export default function ReviewPage() {
  const projectId = useParam('projectId');
  const project = useProject(projectId);
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { view?: string };
  const view: View = search.view === 'grid' ? 'grid' : 'pictures';
  const switcher = (
    <SegmentedControl
      size="xs"
      aria-label={words.views}
      value={view}
      onChange={(next) =>
        void navigate({ to: paths.review(projectId), search: next === 'grid' ? { view: next } : {} })
      }
      data={[
        { value: 'pictures', label: words.pictures },
        { value: 'grid', label: words.grid },
      ]}
    />
  );
  return (
    <QueryView query={project} skeleton={<PageSkeleton />}>
      {(data) => (
        <>
          <VisuallyHidden component="h1">{words.title}</VisuallyHidden>
          {view === 'grid' ? (
            <GridView project={data} switcher={switcher} />
          ) : (
            <PictureView project={data} switcher={switcher} />
          )}
        </>
      )}
    </QueryView>
  );
}
