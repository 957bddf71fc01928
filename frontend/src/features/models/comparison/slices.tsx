import { Card, Table, Text } from '@mantine/core';

import { Section } from '@/components/page';
import type { Comparison, Slice } from '@/features/models/api';
import { signed } from '@/features/models/figures';
import { measureOf } from '@/lib/measures';
import { count, score } from '@/lib/numbers';

import type { Names } from './comparison-page';
import { isWithinChance } from './figures';
import { comparisonWords as words } from './strings';

/** Both models on parts of the test pictures: an average hides a camera on which the new one is worse. */
export function Slices({ comparison, names }: { comparison: Comparison; names: Names }) {
  const measure = measureOf(comparison.kind);
  return (
    <Section title={words.slices} about={words.slicesAbout}>
      <Card>
        {comparison.slices.length === 0 ? (
          <Text size="sm" c="dimmed">
            {words.noSlices}
          </Text>
        ) : (
          <Table.ScrollContainer minWidth={620}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>By</Table.Th>
                  <Table.Th>Slice</Table.Th>
                  <Table.Th ta="right">Pictures</Table.Th>
                  <Table.Th ta="right">
                    {names.candidate}, {measure}
                  </Table.Th>
                  {names.production && <Table.Th ta="right">{names.production}</Table.Th>}
                  {names.production && <Table.Th ta="right">{words.difference}, 95&nbsp;%</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {comparison.slices.map((slice) => (
                  <Table.Tr key={`${slice.by}/${slice.name}`}>
                    <Table.Td c="dimmed">{words.by[slice.by]}</Table.Td>
                    <Table.Td>{slice.name}</Table.Td>
                    <Table.Td ta="right">{count(slice.pictures)}</Table.Td>
                    <Table.Td ta="right">{score(slice.candidate, 3)}</Table.Td>
                    {names.production && <Table.Td ta="right">{score(slice.production, 3)}</Table.Td>}
                    {names.production && (
                      <Table.Td ta="right">
                        <Difference slice={slice} />
                      </Table.Td>
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Card>
    </Section>
  );
}

function Difference({ slice: { difference, low, high } }: { slice: Slice }) {
  if (difference === null || low === null || high === null) return '–';
  const chance = isWithinChance(low, high);
  return (
    <>
      <Text span size="sm" fw={chance ? 400 : 600} c={chance ? undefined : difference < 0 ? 'red' : 'teal'}>
        {signed(difference)}
      </Text>{' '}
      <Text span size="xs" c="dimmed">
        {chance ? words.unsure : ''} [{signed(low)}, {signed(high)}]
      </Text>
    </>
  );
}
