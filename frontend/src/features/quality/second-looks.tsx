/** How often a second reviewer agrees with the first. */
import {
  Alert,
  Card,
  Group,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Stack,
  Table,
  Text,
} from '@mantine/core';
import { useState } from 'react';

import { ButtonLink, TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { FigureCells, StackedTable } from '@/components/stacked-table';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { Total } from '@/components/total';
import { useProject } from '@/hooks/use-project';
import { count, NONE, percent } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';
import type { Project } from '@/types/api';

import {
  AGREEMENT_SPANS,
  useSecondFigures,
  type AgreementSpan,
  type SecondAgreed,
  type SecondFigures,
} from './api';
import { agreementWords, secondWords as words } from './strings';

export function SecondLooks({ projectId }: { projectId: string }) {
  const [days, setDays] = useState<AgreementSpan>('90');
  const figures = useSecondFigures(projectId, days);
  const { data: project } = useProject(projectId);
  const manages = atLeast(project?.my_role, 'manager');
  return (
    <Section
      title={words.title}
      actions={
        <SegmentedControl
          aria-label={agreementWords.span}
          size="xs"
          data={AGREEMENT_SPANS.map((span) => ({ value: span, label: agreementWords.spans[span] ?? span }))}
          value={days}
          onChange={(span) => setDays(span)}
        />
      }
    >
      <Stack gap="md">
        {project && isOff(project) && <Off project={project} manages={manages} />}
        <QueryView query={figures} skeleton={<Skeleton height={220} />}>
          {(data) => (
            <Stack gap="md">
              <Totals data={data} projectId={projectId} />
              {data.looks === 0 ? (
                <Card>
                  <EmptyState title={data.waiting > 0 || days !== '365' ? words.noneInSpan : words.none}>
                    {words.noneWhy}
                  </EmptyState>
                </Card>
              ) : (
                <>
                  <People people={data.people} manages={manages} />
                  <DifferingTable rows={data.differing} projectId={projectId} />
                </>
              )}
            </Stack>
          )}
        </QueryView>
      </Stack>
    </Section>
  );
}

const isOff = ({ settings }: Project): boolean =>
  settings.review === 'none' || (settings.second_share ?? 0) === 0;

function Off({ project, manages }: { project: Project; manages: boolean }) {
  return (
    <Alert color="yellow" variant="light" title={words.off} py="xs">
      <Group justify="space-between">
        <Text size="sm">{project.settings.review === 'none' ? words.offReview : words.offWhy}</Text>
        {manages && (
          <ButtonLink
            size="compact-sm"
            variant="default"
            to={paths.projectSettings(project.id)}
            search={{ tab: 'general' }}
          >
            {words.settings}
          </ButtonLink>
        )}
      </Group>
    </Alert>
  );
}

function Totals({ data, projectId }: { data: SecondFigures; projectId: string }) {
  const { overall } = data;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Total name={words.agreed} value={percent(overall?.share)}>
        <Text size="sm" mt={4}>
          {overall === null ? words.notTold : agreedWords(overall)}
        </Text>
      </Total>
      <Total name={words.waiting} value={count(data.waiting)}>
        <Group justify="space-between" mt={4} gap="xs">
          <Text size="sm">{words.waitingAbout}</Text>
          {data.waiting > 0 && (
            <TextLink size="sm" to={paths.review(projectId)}>
              {words.toReview}
            </TextLink>
          )}
        </Group>
      </Total>
    </SimpleGrid>
  );
}

function agreedWords({ agreed, corrected, returned, looks, low, high }: SecondAgreed): string {
  if (low === null || high === null) return words.nobodyLooked;
  return words.agreedAbout({ agreed, corrected, returned, looks, low, high });
}

function People({ people, manages }: { people: SecondFigures['people']; manages: boolean }) {
  if (people.length === 0) return null;
  return (
    <Section title={manages ? words.people : words.own} about={manages ? words.peopleAbout : words.ownAbout}>
      <Card padding={0}>
        <StackedTable minWidth={560} columns={3}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.person}</Table.Th>
              {[words.looks, words.changed, words.returned, words.share, words.likely].map((head) => (
                <Table.Th key={head} ta="right">
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map(({ user, found }) => (
              <Table.Tr key={user?.id ?? ''}>
                <Table.Td>{user?.name ?? words.left}</Table.Td>
                <FigureCells
                  figures={{
                    [words.looks]: count(found.looks),
                    [words.changed]: count(found.corrected),
                    [words.returned]: count(found.returned),
                    [words.share]: percent(found.share),
                    [words.likely]:
                      found.low !== null && found.high !== null ? words.range(found.low, found.high) : NONE,
                  }}
                />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </StackedTable>
      </Card>
    </Section>
  );
}

function DifferingTable({ rows, projectId }: { rows: SecondFigures['differing']; projectId: string }) {
  if (rows.length === 0) return null;
  return (
    <Section title={words.differing}>
      <Card padding={0}>
        <StackedTable minWidth={620} columns={2}>
          <Table.Thead>
            <Table.Tr>
              {[words.picture, words.person, words.outcome, words.reason, words.when].map((head) => (
                <Table.Th key={head}>{head}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ task_id, picture, first, outcome, reason, at }) => (
              <Table.Tr key={`${task_id} ${at}`}>
                <Table.Td>
                  <TextLink size="sm" to={paths.annotate(projectId, task_id)} search={{ as: 'review' }}>
                    {picture}
                  </TextLink>
                </Table.Td>
                <Table.Td data-name={words.person}>{first?.name ?? words.left}</Table.Td>
                <Table.Td data-name={words.outcome}>{words.outcomes[outcome]}</Table.Td>
                <Table.Td maw={320} data-wide data-name={words.reason}>
                  <Text size="sm" c="dimmed">
                    {reason || NONE}
                  </Text>
                </Table.Td>
                <Table.Td data-name={words.when} style={{ whiteSpace: 'nowrap' }}>
                  <TimeAgo at={at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </StackedTable>
      </Card>
    </Section>
  );
}
