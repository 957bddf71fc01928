import { Card, ColorSwatch, Group, Table, Text } from '@mantine/core';

import type { Dataset } from '@/features/datasets/api';
import { classRows, SPLITS } from '@/features/datasets/counts';
import css from '@/features/datasets/datasets.module.css';
import { SPLIT_WORDS } from '@/features/datasets/strings';
import { count } from '@/lib/numbers';

/** Objects by label and split; the bar compares labels with each other. */
export function ClassTable({ version }: { version: Dataset }) {
  const rows = classRows(version);
  const most = Math.max(1, ...rows.map(({ total }) => total));
  return (
    <Card padding={0}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Label</Table.Th>
            <Table.Th w="28%">Objects</Table.Th>
            {SPLITS.map((split) => (
              <Table.Th key={split} ta="right">
                {SPLIT_WORDS[split]}
              </Table.Th>
            ))}
            <Table.Th ta="right">On pictures</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>
                <Group gap="xs" wrap="nowrap">
                  <ColorSwatch color={row.color ?? 'gray'} size={10} withShadow={false} />
                  <Text size="sm" truncate>
                    {row.name}
                  </Text>
                </Group>
              </Table.Td>
              <Table.Td>
                <div className={css.barRow}>
                  <div className={css.bar} style={{ width: `${(row.total / most) * 100}%` }} />
                  <Text size="sm">{count(row.total)}</Text>
                </div>
              </Table.Td>
              {SPLITS.map((split) => (
                <Table.Td key={split} ta="right" c={row.objects[split] ? undefined : 'dimmed'}>
                  {count(row.objects[split])}
                </Table.Td>
              ))}
              <Table.Td ta="right">{count(row.pictures)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
