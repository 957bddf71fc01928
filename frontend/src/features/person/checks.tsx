/** How a person did on hidden tasks: in all, by label, and picture by picture where the project tells. */
import { Card, SimpleGrid, Skeleton, Stack, Table } from '@mantine/core';

import { LabelChip } from '@/components/label-chip';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { FigureCells, StackedTable } from '@/components/stacked-table';
import { TimeAgo } from '@/components/time';
import { Total } from '@/components/total';
import { count, percent } from '@/lib/numbers';
import { paths } from '@/lib/paths';

import { usePersonChecks, type PersonChecks, type Span } from './api';
import { checkWords as words } from './strings';

type Props = { projectId: string; userId: string; days: Span; isMine: boolean };

export function Checks({ projectId, userId, days, isMine }: Props) {
  const checks = usePersonChecks(projectId, userId, days);
  return (
    <QueryView
      query={checks}
      skeleton={<Skeleton height={92} />}
      // Nothing was measured: most projects have no hidden tasks, and need no empty section about them.
      isEmpty={({ checked }) => checked === 0}
      empty={null}
    >
      {(data) => <Measured projectId={projectId} checks={data} isMine={isMine} />}
    </QueryView>
  );
}

type MeasuredProps = { projectId: string; checks: PersonChecks; isMine: boolean };

function Measured({ projectId, checks, isMine }: MeasuredProps) {
  const { overall, labels, pictures, checked } = checks;
  return (
    <Section title={words.title} about={isMine ? words.about : words.aboutOther}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 2, md: 4 }}>
          <Total
            name={words.match}
            value={percent(overall.f1_50)}
            about={words.matchAbout(overall.objects)}
          />
          <Total name={words.close} value={percent(overall.f1_75)} about={words.closeAbout} />
          <Total name={words.overlap} value={percent(overall.matched_iou)} about={words.overlapAbout} />
          <Total
            name={words.checked}
            value={count(checked)}
            about={words.missedAbout(overall.missed, overall.extra)}
          />
        </SimpleGrid>
        <ByLabel labels={labels} />
        {pictures.length > 0 && <Pictures projectId={projectId} pictures={pictures} />}
      </Stack>
    </Section>
  );
}

function ByLabel({ labels }: { labels: PersonChecks['labels'] }) {
  return (
    <Card padding={0}>
      <StackedTable minWidth={480} columns={3}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.label}</Table.Th>
            <Table.Th ta="right">{words.match}</Table.Th>
            <Table.Th ta="right">{words.close}</Table.Th>
            <Table.Th ta="right">{words.overlap}</Table.Th>
            <Table.Th ta="right">{words.missed}</Table.Th>
            <Table.Th ta="right">{words.extra}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {labels.map(({ label_id, name, color, agreed }) => (
            <Table.Tr key={label_id}>
              <Table.Td miw={120}>
                <LabelChip name={name} color={color} />
              </Table.Td>
              <FigureCells
                figures={{
                  [words.match]: percent(agreed.f1_50),
                  [words.close]: percent(agreed.f1_75),
                  [words.overlap]: percent(agreed.matched_iou),
                  [words.missed]: count(agreed.missed),
                  [words.extra]: count(agreed.extra),
                }}
              />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}

function Pictures({ projectId, pictures }: { projectId: string; pictures: PersonChecks['pictures'] }) {
  return (
    <Card padding={0}>
      <StackedTable minWidth={420} columns={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.picture}</Table.Th>
            <Table.Th ta="right">{words.match}</Table.Th>
            <Table.Th>{words.difference}</Table.Th>
            <Table.Th w={140}>{words.when}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pictures.map(({ task_id, picture, at, agreed }) => (
            <Table.Tr key={`${task_id} ${at}`}>
              <Table.Td>
                <TextLink to={paths.annotate(projectId, task_id)} size="sm">
                  {picture}
                </TextLink>
              </Table.Td>
              <FigureCells figures={{ [words.match]: percent(agreed.f1_50) }} />
              <Table.Td data-name={words.difference} data-wide>
                {words.missedAbout(agreed.missed, agreed.extra)}
              </Table.Td>
              <Table.Td data-name={words.when}>
                <TimeAgo at={at} c="dimmed" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}
