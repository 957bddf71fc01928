import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { projectDelete, projectUpdate } from '@/features/projects/api';
import { ConfirmButton } from '@/components/confirm-button';
import { Section } from '@/components/page';
import { useAction } from '@/hooks/use-action';
import { projectKey, PROJECTS_KEY } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { toastDone, toastUndo } from '@/lib/toast';
import type { Project } from '@/types/api';

/** Archiving can be undone; removing cannot, so it says what goes and asks for the name. */
export function EndOfProject({ project }: { project: Project }) {
  const navigate = useNavigate();
  const makesOld = [projectKey(project.id), PROJECTS_KEY, ['home']];
  const archive = useAction({
    run: (archived: boolean) => projectUpdate(project.id, { archived }),
    makesOld,
    onDone: (_, archived) => {
      if (archived) toastUndo(`${project.name} is archived`, () => archive.mutateAsync(false));
      else toastDone(`${project.name} is back`);
    },
  });
  const remove = useAction({
    run: () => projectDelete(project.id),
    makesOld: [PROJECTS_KEY, ['home']],
    done: `${project.name} was removed`,
    errors: 'inline',
    onDone: () => void navigate({ to: paths.projects() }),
  });
  const isArchived = project.archived_at !== null;
  return (
    <Section title="End of the project">
      <Card>
        <Stack gap="md">
          <Row
            title={isArchived ? 'Bring back' : 'Archive'}
            about={
              isArchived
                ? 'Work can go on where it stopped.'
                : 'Everything stays readable; no new work is handed out.'
            }
          >
            <Button variant="default" loading={archive.isPending} onClick={() => archive.mutate(!isArchived)}>
              {isArchived ? 'Bring back' : 'Archive'}
            </Button>
          </Row>
          {(isArchived || project.is_demo) && (
            <Row
              title={project.is_demo ? 'Remove the demo' : 'Remove for good'}
              about="Its labels, datasets, models and feeds go with it."
            >
              <ConfirmButton
                title={`Remove ${project.name}?`}
                verb="Remove for good"
                losing="Its labels, revisions, datasets, models, feeds and pictures used nowhere else will be gone. This cannot be undone."
                typeToConfirm={project.is_demo ? undefined : project.name}
                onConfirm={() => remove.mutateAsync()}
              >
                Remove…
              </ConfirmButton>
            </Row>
          )}
        </Stack>
      </Card>
    </Section>
  );
}

function Row({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <div>
        <Text size="sm" fw={550}>
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {about}
        </Text>
      </div>
      {children}
    </Group>
  );
}
