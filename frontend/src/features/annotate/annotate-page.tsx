import { useSearch } from '@tanstack/react-router';

import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { useDarkRoom } from '@/hooks/use-dark-room';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';

import { Bench } from './bench';
import { annotateWords as words } from './strings';

export default function AnnotatePage() {
  const projectId = useParam('projectId');
  const taskId = useParam('taskId');
  const search = useSearch({ strict: false }) as { as?: string };
  const project = useProject(projectId);
  useDarkRoom();
  return (
    <QueryView query={project} skeleton={<PageSkeleton />} kept={words.keptHere}>
      {(data) => (
        <Bench
          key={`${data.id}/${data.ontology.number}`}
          project={data}
          taskId={taskId}
          as={search.as === 'review' || search.as === 'correct' ? search.as : 'label'}
        />
      )}
    </QueryView>
  );
}
