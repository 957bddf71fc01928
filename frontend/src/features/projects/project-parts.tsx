/** Pieces of the project page. */
import { Alert, Button, Card, Group, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';

import { projectUpdate } from '@/features/projects/api';
import css from '@/features/projects/projects.module.css';
import { projectWords as words } from '@/features/projects/strings';
import { LabelChips } from '@/components/label-chip';
import { ButtonLink, TextLink } from '@/components/links';
import { Markdown } from '@/components/markdown';
import { Section } from '@/components/page';
import { EmptyState } from '@/components/states';
import { useAction } from '@/hooks/use-action';
import { projectKey } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';
import type { Project } from '@/types/api';

/** Why nothing moves, where somebody stopped it, and the way to start it again. */
export function Standstill({ project }: { project: Project }) {
  const isManager = atLeast(project.my_role, 'manager');
  const restart = useAction({
    run: () => projectUpdate(project.id, project.archived_at ? { archived: false } : { queue_paused: false }),
    makesOld: [projectKey(project.id), ['projects'], ['home']],
  });
  if (!project.archived_at && !project.queue_paused_at) return null;
  return (
    <Alert color="yellow" variant="light" py="xs">
      <Group justify="space-between">
        <Text size="sm">{project.archived_at ? words.archivedNote : words.pausedNote}</Text>
        {isManager && (
          <Button
            size="compact-sm"
            variant="default"
            loading={restart.isPending}
            onClick={() => restart.mutate()}
          >
            {project.archived_at ? words.unarchive : words.resume}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

export function NoPictures({ project }: { project: Project }) {
  return (
    <Card>
      <EmptyState
        title={words.emptyTitle}
        action={
          atLeast(project.my_role, 'annotator') && (
            <ButtonLink to={paths.upload(project.id)} leftSection={<IconUpload size={16} />}>
              {words.addPictures}
            </ButtonLink>
          )
        }
      >
        {words.emptyWhy}
      </EmptyState>
    </Card>
  );
}

export function Guidelines({ project }: { project: Project }) {
  const link = atLeast(project.my_role, 'manager') && (
    <TextLink to={paths.projectSettings(project.id, 'guidelines')} size="sm">
      {project.guidelines ? 'Edit' : words.writeGuidelines}
    </TextLink>
  );
  return (
    <Section title={words.guidelines} actions={link}>
      <Card>
        {project.guidelines ? (
          <Markdown text={project.guidelines} className={css.prose} />
        ) : (
          <Text c="dimmed" size="sm">
            {words.noGuidelines}
          </Text>
        )}
      </Card>
    </Section>
  );
}

export function Labels({ project }: { project: Project }) {
  const link = atLeast(project.my_role, 'manager') && (
    <TextLink to={paths.projectSettings(project.id)} size="sm">
      {words.editLabels}
    </TextLink>
  );
  return (
    <Section title={words.labels} actions={link}>
      <Card>
        <LabelChips labels={project.ontology.labels} />
      </Card>
    </Section>
  );
}
