import { Badge, Button, Card, Group, Switch, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { CreateProject } from '@/features/projects/create-project';
import css from '@/features/projects/projects.module.css';
import { projectWords as words } from '@/features/projects/strings';
import { PlainLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { CardsSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { useProjects } from '@/hooks/use-project';
import { useOrganisation } from '@/hooks/use-session';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';
import type { ProjectRow } from '@/types/api';

export default function ProjectsPage() {
  const search: { new?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [withArchived, setWithArchived] = useState(false);
  const projects = useProjects(withArchived);
  const mayCreate = atLeast(useOrganisation()?.role, 'manager');
  const setOpen = (open: boolean) =>
    void navigate({ to: paths.projects(), search: open ? { new: 1 } : {}, replace: true });
  const newButton = mayCreate && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen(true)}>
      {words.new}
    </Button>
  );
  return (
    <PageFrame
      title={words.title}
      actions={
        <>
          <Switch
            size="xs"
            mr="sm"
            label={words.showArchived}
            checked={withArchived}
            onChange={(event) => setWithArchived(event.currentTarget.checked)}
          />
          {newButton}
        </>
      }
    >
      <QueryView
        query={projects}
        skeleton={<CardsSkeleton height={112} minWidth={320} />}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState title={words.none} action={newButton}>
            {mayCreate ? words.noneWhy : words.noneAsk}
          </EmptyState>
        }
      >
        {(list) => (
          <div className={css.cards}>
            {list.map((project) => (
              <ProjectCard key={project.id} project={project} />
            ))}
          </div>
        )}
      </QueryView>
      <CreateProject opened={mayCreate && Boolean(search.new)} onClose={() => setOpen(false)} />
    </PageFrame>
  );
}

function ProjectCard({ project }: { project: ProjectRow }) {
  return (
    <Card component={PlainLink} to={paths.project(project.id)} className={css.card}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text component="span" fw={600} truncate>
          {project.name}
        </Text>
        <Group gap={4} wrap="nowrap">
          {project.is_demo && (
            <Badge variant="light" color="gray" tt="none">
              {words.demo}
            </Badge>
          )}
          {project.archived_at && (
            <Badge variant="light" color="gray" tt="none">
              {words.archived}
            </Badge>
          )}
          {project.queue_paused_at && !project.archived_at && (
            <Badge variant="light" color="yellow" tt="none">
              {words.paused}
            </Badge>
          )}
        </Group>
      </Group>
      <Text component="span" size="sm" c="dimmed" lineClamp={2} mih={38} mt={4}>
        {project.description || '\u00a0'}
      </Text>
      <Text component="span" size="xs" c="dimmed" mt="xs">
        {[project.site?.name, `you: ${project.my_role}`].filter(Boolean).join(' · ')}
      </Text>
    </Card>
  );
}
