/** Claims the next task and goes to its address; says so when nothing is left, or nothing is handed out now. */
import { Button, Center, Group, Loader, Stack } from '@mantine/core';
import { IconArchive, IconCircleCheck, IconCoffee, IconPlayerPause } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { ButtonLink } from '@/components/links';
import { EmptyState, ErrorState } from '@/components/states';
import { useDarkRoom } from '@/hooks/use-dark-room';
import { useParam } from '@/hooks/use-param';
import { useMay, useProject } from '@/hooks/use-project';
import { useMe } from '@/hooks/use-session';
import { toApiError } from '@/lib/api-error';
import { paths } from '@/lib/paths';

import { flowWords } from './flow-strings';
import { RecentMenu } from './panels/recent-menu';
import { UntakenNote } from './panels/untaken-note';
import { annotateWords as words } from './strings';
import { claimAtLast } from './work/claim';
import { handOver } from './work/workbench';

type State = { kind: 'asking' } | { kind: 'empty' } | { kind: 'error'; error: unknown };
/** The server's word for a queue that hands out nothing: paused, or of an archived project. */
const PAUSED = 'queue_paused';
/** Nothing new for this person, until they or a manager say so; see the person's page. */
const PERSON_PAUSED = 'person_paused';

export default function ClaimPage() {
  const projectId = useParam('projectId');
  const navigate = useNavigate();
  const [state, setState] = useState<State>({ kind: 'asking' });
  const [round, setRound] = useState(0);
  useDarkRoom();

  useEffect(() => {
    let isGone = false;
    // A moment's grace: React mounts twice in development, and each claim takes a task.
    const timer = setTimeout(() => {
      claimAtLast(projectId)
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
  if (state.kind === 'asking') {
    return (
      <Center h="100%">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  const problem = state.kind === 'error' ? toApiError(state.error) : null;
  if (problem?.code === PERSON_PAUSED) return <Break projectId={projectId} why={problem.message} />;
  if (problem && problem.code !== PAUSED) {
    return <ErrorState error={problem} retry={again} kept={words.keptHere} />;
  }
  return <NothingNow projectId={projectId} why={problem?.message ?? null} onAgain={again} />;
}

/** The way on leads over the person's page: what was measured, the guideline, and the button. */
function Break({ projectId, why }: { projectId: string; why: string }) {
  const me = useMe();
  return (
    <Center h="100%">
      <EmptyState
        title={flowWords.breakTitle}
        icon={IconCoffee}
        action={<ButtonLink to={paths.person(projectId, me.id)}>{flowWords.breakOn}</ButtonLink>}
      >
        {why}
      </EmptyState>
    </Center>
  );
}

type NothingProps = { projectId: string; why: string | null; onAgain: () => void };

/** `why`: the queue is paused or the project archived; null: all is done. */
function NothingNow({ projectId, why, onAgain }: NothingProps) {
  const navigate = useNavigate();
  const mayReview = useMay(projectId, 'reviewer');
  const isArchived = useProject(projectId).data?.archived_at != null;
  const stopped = isArchived ? flowWords.archived : flowWords.paused;
  return (
    <Center h="100%">
      <Stack gap="xs" align="center" px="md">
        <UntakenNote projectId={projectId} />
        <EmptyState
          title={why === null ? words.emptyTitle : stopped}
          icon={why === null ? IconCircleCheck : isArchived ? IconArchive : IconPlayerPause}
          action={
            <>
              <ButtonLink to={mayReview ? paths.review(projectId) : paths.data(projectId)}>
                {mayReview ? words.toReview : words.toData}
              </ButtonLink>
              <Button variant="default" onClick={onAgain}>
                {words.again}
              </Button>
            </>
          }
        >
          {why ?? words.emptyAbout}
        </EmptyState>
        <Group gap={4} fz="sm" c="dimmed">
          {flowWords.recent}
          <RecentMenu
            projectId={projectId}
            openId={null}
            onGo={(taskId, as) =>
              void navigate({
                to: paths.annotate(projectId, taskId),
                search: as === 'label' ? {} : { as },
              })
            }
          />
        </Group>
      </Stack>
    </Center>
  );
}
