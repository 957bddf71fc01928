import { Card, Table } from '@mantine/core';

import type { SavingsState } from '@/features/learning/api';
import { savingsWords as words } from '@/features/learning/strings';
import { Section } from '@/components/page';
import { count, percent } from '@/lib/numbers';
import { duration } from '@/lib/time';

/** Who or what made the approved objects, and what that took people. */
export function CostTable({ counts }: { counts: SavingsState['counts'] }) {
  const { human, corrected, machine, imported } = counts;
  const all = human + corrected + machine + imported;
  const rows: [string, number][] = [
    [words.human, human],
    [words.corrected, corrected],
    [words.machine, machine],
    [words.imported, imported],
  ];
  return (
    <Section
      title={words.cost}
      about={words.costAbout(counts.pictures, counts.blind_pictures, duration(counts.seconds))}
    >
      <Card padding={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.objects}</Table.Th>
              <Table.Th ta="right">{words.howMany}</Table.Th>
              <Table.Th ta="right">{words.share}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(([name, n]) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right">{count(n)}</Table.Td>
                <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                  {percent(all ? n / all : null)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
    </Section>
  );
}
