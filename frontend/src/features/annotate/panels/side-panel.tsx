import { ActionIcon, ScrollArea, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';

import { ButtonLink } from '@/components/links';
import { Markdown } from '@/components/markdown';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import type { Label, Project } from '@/types/api';

import { flowWords } from '../flow-strings';
import { annotateWords as words } from '../strings';
import type { BenchVerbs } from '../use-bench-verbs';
import type { TaskSession } from '../work/task-session';
import type { Workbench } from '../work/workbench';
import css from './flow.module.css';
import { HistoryPanel } from './history-panel';

type Props = {
  project: Project;
  bench: Workbench;
  session: TaskSession;
  labels: ReadonlyMap<string, Label>;
  on: BenchVerbs;
};

/** What stays open beside the picture: guidelines, or the history of its labels. */
export function SidePanel({ project, bench, session, labels, on }: Props) {
  const { side } = on;
  if (side === null) return null;
  const title = side === 'guidelines' ? words.guidelines : flowWords.history;
  return (
    <section className={css.side} aria-label={title}>
      <header className={css.sideHead}>
        <h2 className={css.sideTitle}>{title}</h2>
        <ActionIcon
          size="sm"
          aria-label={`${flowWords.closeSide}: ${title}`}
          onClick={() => on.setSide(null)}
        >
          <IconX size={14} stroke={1.8} />
        </ActionIcon>
      </header>
      <ScrollArea className={css.sideBody} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': title }}>
        {side === 'guidelines' ? (
          <Guidelines project={project} />
        ) : (
          <HistoryPanel bench={bench} session={session} labels={labels} on={on} />
        )}
      </ScrollArea>
    </section>
  );
}

function Guidelines({ project }: { project: Project }) {
  const mayChange = useMay(project.id, 'manager');
  return (
    <>
      {project.guidelines ? (
        <Markdown text={project.guidelines} />
      ) : (
        <Text size="sm" c="dimmed">
          {words.noGuidelines}
        </Text>
      )}
      {mayChange && (
        <ButtonLink to={paths.projectSettings(project.id)} variant="default" size="compact-sm" mt="sm">
          {flowWords.editGuidelines}
        </ButtonLink>
      )}
    </>
  );
}
