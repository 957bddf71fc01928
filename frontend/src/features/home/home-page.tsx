import { Card, Grid, Group, Skeleton, Stack } from '@mantine/core';

import { useHome, type Home } from '@/features/home/api';
import { JobsCard, NoticesCard } from '@/features/home/side-cards';
import { homeWords as words } from '@/features/home/strings';
import { WorkTiles } from '@/features/home/work-tiles';
import { ButtonLink, TextLink } from '@/components/links';
import { LoopStrip } from '@/components/loop-strip';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { StuckList } from '@/components/stuck-list';
import { useMe, useOrganisation } from '@/hooks/use-session';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';

export default function HomePage() {
  const me = useMe();
  const home = useHome();
  return (
    <PageFrame title={`Hello, ${me.name.split(' ')[0] ?? me.name}`}>
      <QueryView
        query={home}
        skeleton={<HomeSkeleton />}
        isEmpty={({ projects }) => projects.length === 0}
        empty={<NoProjects />}
      >
        {(data) => <HomeContent home={data} />}
      </QueryView>
    </PageFrame>
  );
}

function HomeContent({ home }: { home: Home }) {
  return (
    <Stack gap="lg">
      <WorkTiles home={home} />
      <Section title={words.loop}>
        <Stack gap="sm">
          {home.projects.map(({ overview, ...project }) => (
            <Card key={project.id} component="article" aria-label={project.name} py="xs">
              <Group justify="space-between" px={8} gap="xs">
                <TextLink to={paths.project(project.id)} fw={600} c="inherit" lh="24px">
                  {project.name}
                </TextLink>
                <TextLink to={paths.upload(project.id)} size="sm" lh="24px">
                  Add pictures
                </TextLink>
              </Group>
              <LoopStrip projectId={project.id} overview={overview} />
              <StuckList stuck={overview.stuck} />
            </Card>
          ))}
        </Stack>
      </Section>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <JobsCard />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <NoticesCard />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function NoProjects() {
  const mayCreate = atLeast(useOrganisation()?.role, 'manager');
  return (
    <EmptyState
      title={words.noProjects}
      action={mayCreate && <ButtonLink to={`${paths.projects()}?new=1`}>{words.newProject}</ButtonLink>}
    >
      {mayCreate ? words.noProjectsWhy : words.askAccess}
    </EmptyState>
  );
}

function HomeSkeleton() {
  return (
    <Stack gap="lg" aria-busy="true" aria-label="Loading">
      <Group grow>
        <Skeleton height={88} />
        <Skeleton height={88} />
        <Skeleton height={88} />
      </Group>
      <Skeleton height={128} />
      <Skeleton height={128} />
    </Stack>
  );
}
