import { useSearch } from '@tanstack/react-router';

import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { useDarkRoom } from '@/hooks/use-dark-room';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { useMe } from '@/hooks/use-session';

import { Bench } from './bench';
import { annotateWords as words } from './strings';

export default function AnnotatePage() {
  const projectId = useParam('projectId');
  const taskId = useParam('taskId');
  const search = useSearch({ strict: false }) as { as?: string };
  const project = useProject(projectId);
  const me = useMe();
  useDarkRoom();
  return (
    <QueryView query={project} skeleton={<PageSkeleton />} kept={words.keptHere}>
      {(data) => (
        <Bench
          // Another person's bench is another one: nothing that was drawn here is theirs.
          key={`${me.id}/${data.id}/${data.ontology.number}`}
          owner={me.id}
          project={data}
          taskId={taskId}
          as={search.as === 'review' || search.as === 'correct' ? search.as : 'label'}
        />
      )}
    </QueryView>
  );
}
