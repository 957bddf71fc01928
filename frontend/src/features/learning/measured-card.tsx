import { Button, Card, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';

import type { Measured, Share } from '@/features/learning/api';
import css from '@/features/learning/learning.module.css';
import { SavingsChart } from '@/features/learning/savings-chart';
import { linesOf, savingsCsv, shareText, verdictOf, type Axis } from '@/features/learning/savings-figures';
import { savingsWords as words } from '@/features/learning/strings';
import { count, score } from '@/lib/numbers';

export function MeasuredCard({ measured }: { measured: Measured }) {
  const { pictures, boxes, seconds, curve = [], at = 0, needed = 0, goal = 0 } = measured;
  const [axis, setAxis] = useState<Axis>('pictures');
  const [view, setView] = useState('curve');
  if (!pictures) return null;
  const csv = `data:text/csv;charset=utf-8,${encodeURIComponent(savingsCsv(measured))}`;
  const axes = [
    { value: 'pictures', label: words.axes.pictures },
    ...(boxes ? [{ value: 'boxes', label: words.axes.boxes }] : []),
    ...(seconds ? [{ value: 'minutes', label: words.axes.minutes }] : []),
  ];
  return (
    <Card>
      <Stack gap="md">
        <dl className={css.figures}>
          <Figure name={words.saved.pictures} share={pictures} />
          {boxes && <Figure name={words.saved.boxes} share={boxes} />}
          {seconds && <Figure name={words.saved.minutes} share={seconds} />}
        </dl>
        <Text size="sm">
          {words.verdict[verdictOf(pictures)]}
          {verdictOf(pictures) !== 'open' && ` ${words.compared(needed, at, goal)}`}
        </Text>
        <Group justify="space-between">
          <SegmentedControl
            aria-label={words.by}
            size="xs"
            data={axes}
            value={axis}
            onChange={(value) => setAxis(value as Axis)}
          />
          <Group gap="xs">
            <SegmentedControl
              aria-label={words.showAs}
              size="xs"
              data={[
                { value: 'curve', label: words.curve },
                { value: 'table', label: words.table },
              ]}
              value={view}
              onChange={setView}
            />
            <Button
              component="a"
              href={csv}
              download="savings.csv"
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} stroke={1.6} />}
            >
              CSV
            </Button>
          </Group>
        </Group>
        {view === 'curve' ? (
          <div>
            <Group gap="md" mb={4}>
              {(['chosen', 'random'] as const).map((name) => (
                <span key={name} className={css.key} data-line={name}>
                  {words.lines[name]}
                </span>
              ))}
            </Group>
            <SavingsChart
              lines={linesOf(curve, axis)}
              xName={words.axisNames[axis]}
              yName={words.figure}
              names={words.lines}
            />
          </div>
        ) : (
          <CurveTable measured={measured} axis={axis} />
        )}
        <Text size="xs" c="dimmed">
          {words.how}
          {axis === 'minutes' && ` ${words.howMinutes}`}
        </Text>
      </Stack>
    </Card>
  );
}

function Figure({ name, share }: { name: string; share: Share }) {
  return (
    <div>
      <dd>{shareText(share)}</dd>
      <dt>{name}</dt>
    </div>
  );
}

function CurveTable({ measured, axis }: { measured: Measured; axis: Axis }) {
  const [random, chosen] = linesOf(measured.curve ?? [], axis);
  const text = (spot: { value: number; low: number; high: number } | undefined) =>
    spot ? `${score(spot.value, 3)} [${score(spot.low, 3)} … ${score(spot.high, 3)}]` : '';
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th ta="right">{words.axisNames[axis]}</Table.Th>
          <Table.Th ta="right">{words.lines.random}</Table.Th>
          {axis !== 'pictures' && <Table.Th ta="right">{words.axisNames[axis]}</Table.Th>}
          <Table.Th ta="right">{words.lines.chosen}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {random?.spots.map((spot, i) => (
          <Table.Tr key={spot.x}>
            <Table.Td ta="right">{count(spot.x)}</Table.Td>
            <Table.Td ta="right">{text(spot)}</Table.Td>
            {axis !== 'pictures' && <Table.Td ta="right">{count(chosen?.spots[i]?.x)}</Table.Td>}
            <Table.Td ta="right">{text(chosen?.spots[i])}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
