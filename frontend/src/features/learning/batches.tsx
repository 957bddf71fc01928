import { Card, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { selectionsQuery, type Selection } from '@/features/learning/api';
import { learningWords as words, REASON_WORDS } from '@/features/learning/strings';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { TimeAgo } from '@/components/time';
import { count, NONE, plural } from '@/lib/numbers';
import { STRATEGY_WORDS, type Strategy } from '@/lib/selection-words';
import { duration } from '@/lib/time';

const SHOWN = 20;

/** Every batch so far: why its pictures were chosen, and what it is expected to cost. */
export function Batches({ projectId }: { projectId: string }) {
  const batches = useQuery(selectionsQuery(projectId));
  return (
    <Section title={words.batches}>
      <QueryView
        query={batches}
        skeleton={<TableSkeleton rows={4} />}
        isEmpty={(list) => list.length === 0}
        empty={
          <Text size="sm" c="dimmed">
            {words.noBatches}
          </Text>
        }
      >
        {(list) => (
          <Card padding={0}>
            <Table.ScrollContainer minWidth={640} type="native">
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Chosen</Table.Th>
                    <Table.Th>{words.strategy}</Table.Th>
                    <Table.Th ta="right">{words.batch}</Table.Th>
                    <Table.Th>Why</Table.Th>
                    <Table.Th>{words.expected}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {list.slice(0, SHOWN).map((batch) => (
                    <BatchRow key={batch.id} batch={batch} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Card>
        )}
      </QueryView>
    </Section>
  );
}

function BatchRow({ batch }: { batch: Selection }) {
  const strategy = batch.config.strategy as Strategy | undefined;
  const total = Object.values(batch.counts).reduce((sum, n) => sum + n, 0);
  const why = Object.entries(batch.counts).map(
    ([reason, n]) => `${count(n)} ${REASON_WORDS[reason] ?? reason}`,
  );
  const missed = Object.entries(batch.outcome.missed ?? {});
  return (
    <Table.Tr>
      <Table.Td>
        <TimeAgo at={batch.created_at} size="sm" />
      </Table.Td>
      <Table.Td>{strategy ? STRATEGY_WORDS[strategy].replace(/ \(.*/, '') : NONE}</Table.Td>
      <Table.Td ta="right">{count(total)}</Table.Td>
      <Table.Td>
        {why.join(', ')}
        {missed.length > 0 && (
          <Text size="xs" c="dimmed">
            {missed.map(([name, short]) => words.missed(name, short)).join(', ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{work(batch.outcome)}</Table.Td>
    </Table.Tr>
  );
}

function work({ boxes, seconds }: Selection['outcome']): string {
  if (boxes === undefined || seconds === undefined) return NONE;
  return `${plural(Math.round(boxes), 'box', 'boxes')}, ${duration(seconds)}`;
}
