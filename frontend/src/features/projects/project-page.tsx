import { Badge, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconBrush, IconChecklist, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { overviewQuery } from '@/features/projects/api';
import { FinishCard } from '@/features/projects/finish-card';
import { LearningCurve } from '@/features/projects/learning-curve';
import { PeoplesWork } from '@/features/projects/peoples-work';
import { Guidelines, Labels, NoPictures, Standstill } from '@/features/projects/project-parts';
import css from '@/features/projects/projects.module.css';
import { projectWords as words } from '@/features/projects/strings';
import { UnlockCard } from '@/features/projects/unlock-card';
import { ButtonLink } from '@/components/links';
import { LoopStrip } from '@/components/loop-strip';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { StuckList } from '@/components/stuck-list';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';
import type { Overview, Project } from '@/types/api';

export default function ProjectPage() {
  const project = useProject(useParam('projectId'));
  return (
    <QueryView query={project} skeleton={<PageSkeleton />}>
      {(data) => <Loaded project={data} />}
    </QueryView>
  );
}

function Loaded({ project }: { project: Project }) {
  const overview = useQuery(overviewQuery(project.id));
  return (
    <PageFrame
      title={
        <Group gap="xs" component="span">
          {project.name}
          {project.is_demo && (
            <Badge variant="light" color="gray" tt="none">
              {words.demo}
            </Badge>
          )}
        </Group>
      }
      about={project.description || project.site?.name}
      actions={
        overview.data &&
        hasPictures(overview.data) && <Actions project={project} inReview={overview.data.in_review} />
      }
    >
      <Standstill project={project} />
      <QueryView
        query={overview}
        skeleton={<Skeleton height={104} />}
        isEmpty={(data) => !hasPictures(data)}
        empty={<NoPictures project={project} />}
      >
        {(data) => <Loop projectId={project.id} overview={data} />}
      </QueryView>
      <div className={css.columns}>
        <Stack gap="lg">
          <FinishCard projectId={project.id} />
          <UnlockCard projectId={project.id} />
          <LearningCurve projectId={project.id} />
          <Guidelines project={project} />
        </Stack>
        <Stack gap="lg">
          <Labels project={project} />
          <PeoplesWork projectId={project.id} />
        </Stack>
      </div>
    </PageFrame>
  );
}

const hasPictures = ({ assets, pending }: Overview) => assets + pending > 0;

function Actions({ project, inReview }: { project: Project; inReview: number }) {
  const may = (role: Parameters<typeof atLeast>[1]) =>
    project.archived_at === null && atLeast(project.my_role, role);
  return (
    <>
      {may('annotator') && (
        <ButtonLink to={paths.upload(project.id)} variant="default" leftSection={<IconUpload size={16} />}>
          {words.addPictures}
        </ButtonLink>
      )}
      {may('reviewer') && (
        <ButtonLink
          to={paths.review(project.id)}
          variant="default"
          leftSection={<IconChecklist size={16} />}
          rightSection={inReview ? <Text size="xs">{count(inReview)}</Text> : undefined}
        >
          {words.review}
        </ButtonLink>
      )}
      {may('annotator') && (
        <ButtonLink to={paths.annotate(project.id)} leftSection={<IconBrush size={16} />}>
          {words.label}
        </ButtonLink>
      )}
    </>
  );
}

function Loop({ projectId, overview }: { projectId: string; overview: Overview }) {
  return (
    <Card py="xs" component="section" aria-label={words.loop}>
      <LoopStrip projectId={projectId} overview={overview} />
      <StuckList stuck={overview.stuck} />
    </Card>
  );
}
