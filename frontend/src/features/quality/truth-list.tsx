import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  Image,
  Skeleton,
  Stack,
  Table,
  Text,
  Tooltip,
} from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';

import { ButtonLink, TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { StackedTable } from '@/components/stacked-table';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { useProject } from '@/hooks/use-project';
import { NONE, percent } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';

import { truthKey, truthQuery, truthUnmark, type TruthRow } from './api';
import { truthWords as words } from './strings';

/** Below this share of matches over all answers, the truth itself deserves a look. */
const LOW = 0.6;

/** A project's ground truth, how it was answered, and whether hidden tasks are handed out at all. */
export function TruthList({ projectId }: { projectId: string }) {
  const truth = useInfiniteQuery(truthQuery(projectId));
  return (
    <Section title={words.title} about={words.which}>
      <QueryView
        query={truth}
        skeleton={<Skeleton height={240} />}
        isEmpty={({ pages }) => pages[0]?.results.length === 0}
        empty={
          <Card>
            <EmptyState
              title={words.none}
              action={
                <ButtonLink to={paths.data(projectId)} search={{ state: 'approved' }}>
                  {words.toData}
                </ButtonLink>
              }
            >
              {words.noneWhy}
            </EmptyState>
          </Card>
        }
      >
        {({ pages }) => (
          <Stack gap="sm">
            <Share projectId={projectId} />
            <Rows projectId={projectId} rows={pages.flatMap((page) => page.results)} />
            {truth.hasNextPage && (
              <Button
                variant="default"
                size="xs"
                loading={truth.isFetchingNextPage}
                onClick={() => void truth.fetchNextPage()}
              >
                {words.more}
              </Button>
            )}
          </Stack>
        )}
      </QueryView>
    </Section>
  );
}

function Share({ projectId }: { projectId: string }) {
  const { data: project } = useProject(projectId);
  if (!project) return null;
  const share = project.settings.truth_share ?? 0;
  if (share > 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.share(share)}
      </Text>
    );
  }
  return (
    <Alert color="yellow" variant="light" title={words.off} py="xs">
      <Group justify="space-between">
        <Text size="sm">{words.offWhy}</Text>
        {atLeast(project.my_role, 'manager') && (
          <ButtonLink
            size="compact-sm"
            variant="default"
            to={paths.projectSettings(projectId)}
            search={{ tab: 'quality' }}
          >
            {words.settings}
          </ButtonLink>
        )}
      </Group>
    </Alert>
  );
}

function Rows({ projectId, rows }: { projectId: string; rows: TruthRow[] }) {
  return (
    <Card padding={0}>
      <StackedTable minWidth={680} columns={3}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.picture}</Table.Th>
            <Table.Th ta="right">{words.answers}</Table.Th>
            <Table.Th ta="right">
              <Tooltip label={words.matchAbout} multiline w={260}>
                <span>{words.match}</span>
              </Tooltip>
            </Table.Th>
            <Table.Th>{words.marked}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.task_id} projectId={projectId} row={row} />
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}

function Row({ projectId, row }: { projectId: string; row: TruthRow }) {
  const unmark = useAction({
    run: () => truthUnmark(projectId, [row.task_id]),
    makesOld: [truthKey(projectId)],
    done: words.unmarked,
  });
  const f1 = row.agreed?.f1_50;
  return (
    <Table.Tr>
      <Table.Td miw={220}>
        <Group gap="sm" wrap="nowrap">
          <Image src={row.asset.thumbnail_url} alt="" w={56} h={42} radius="sm" fit="cover" />
          <div>
            <TextLink to={paths.annotate(projectId, row.task_id)} size="sm">
              {row.asset.name}
            </TextLink>
            <Text size="xs" c="dimmed">
              {row.task_state === 'approved' ? words.objects(row.region_count) : words.state(row.task_state)}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td ta="right" data-name={words.answers}>
        {words.count(row.answers)}
      </Table.Td>
      <Table.Td ta="right" data-name={words.match}>
        {f1 == null ? (
          <Tooltip label={words.tooFew}>
            <span>{NONE}</span>
          </Tooltip>
        ) : (
          <Stack gap={2} align="flex-end">
            <span>{percent(f1)}</span>
            {f1 < LOW && (
              <Badge color="yellow" variant="light" size="sm" tt="none" autoContrast>
                {words.low}
              </Badge>
            )}
          </Stack>
        )}
      </Table.Td>
      <Table.Td data-name={words.marked}>
        <TimeAgo at={row.marked_at} size="sm" />
        {row.marked_by && (
          <Text size="xs" c="dimmed">
            {words.by(row.marked_by.name)}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right" data-wide>
        <Button size="compact-sm" variant="subtle" loading={unmark.isPending} onClick={() => unmark.mutate()}>
          {words.unmark}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
