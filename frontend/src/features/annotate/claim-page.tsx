/** Claims the next task and goes to its address; says so when nothing is left. */
import { Button, Center, Loader } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { ButtonLink } from '@/components/links';
import { EmptyState, ErrorState } from '@/components/states';
import { useDarkRoom } from '@/hooks/use-dark-room';
import { useParam } from '@/hooks/use-param';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

import { claimNext } from './api';
import { annotateWords as words } from './strings';
import { handOver } from './work/workbench';

type State = { kind: 'asking' } | { kind: 'empty' } | { kind: 'error'; error: unknown };

export default function ClaimPage() {
  const projectId = useParam('projectId');
  const navigate = useNavigate();
  const mayReview = useMay(projectId, 'reviewer');
  const [state, setState] = useState<State>({ kind: 'asking' });
  const [round, setRound] = useState(0);
  useDarkRoom();

  useEffect(() => {
    let isGone = false;
    // A moment's grace: React mounts twice in development, and each claim takes a task.
    const timer = setTimeout(() => {
      claimNext(projectId, [])
        .then((task) => {
          if (isGone) return;
          if (!task) return setState({ kind: 'empty' });
          handOver(task);
          void navigate({ to: paths.annotate(projectId, task.id), replace: true });
        })
        .catch((error: unknown) => !isGone && setState({ kind: 'error', error }));
    });
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [projectId, navigate, round]);

  const again = () => {
    setState({ kind: 'asking' });
    setRound(round + 1);
  };
  if (state.kind === 'error') return <ErrorState error={state.error} retry={again} kept={words.keptHere} />;
  if (state.kind === 'asking') {
    return (
      <Center h="100%">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  return (
    <Center h="100%">
      <EmptyState
        title={words.emptyTitle}
        icon={IconCircleCheck}
        action={
          <>
            <ButtonLink to={mayReview ? paths.review(projectId) : paths.data(projectId)}>
              {mayReview ? words.toReview : words.toData}
            </ButtonLink>
            <Button variant="default" onClick={again}>
              {words.again}
            </Button>
          </>
        }
      >
        {words.emptyAbout}
      </EmptyState>
    </Center>
  );
}
