/** Mistakes against how much is approved, with the promise as a line: SVG, and the same as a table. */
import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';

import { percent, score } from '@/lib/numbers';

import css from './approval.module.css';
import type { ErrorPoint } from './api';
import { approvalWords as words, share } from './words';

/** Until the page has been laid out. */
const WIDTH_BEFORE = 640;
const HEIGHT = 240;
const EDGE = { left: 44, right: 28, top: 14, bottom: 38 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** `inUse`: the threshold that is approved by, null while nothing is. */
type Props = { points: readonly ErrorPoint[]; alpha: number; inUse: number | null };

export function ErrorChart({ points, alpha, inUse }: Props) {
  // As wide as its place: scaled down to a phone, its words could not be read.
  const { ref, width: measured } = useElementSize();
  const [isTable, setTable] = useState(false);
  const width = Math.round(measured) || WIDTH_BEFORE;
  const shown = points.filter((point) => point.coverage > 0);
  const used = shown.find((point) => point.threshold === inUse);
  const top = Math.min(1, Math.max(alpha * 3, used?.bound ?? 0));
  const x = (value: number) => EDGE.left + value * (width - EDGE.left - EDGE.right);
  const y = (value: number) =>
    HEIGHT - EDGE.bottom - (Math.min(value, top) / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  const path = (of: (point: ErrorPoint) => number) =>
    shown.map((point) => `${x(point.coverage)},${y(of(point))}`).join(' ');
  return (
    <Stack gap={6} maw={860}>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {words.chart}. {words.chartAbout}
        </Text>
        <Button size="compact-xs" variant="subtle" onClick={() => setTable(!isTable)}>
          {isTable ? words.hideFigures : words.figures}
        </Button>
      </Group>
      <svg
        ref={ref}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        className={css.chart}
        role="img"
        aria-label={words.chart}
      >
        {[0, top / 2, top].map((value) => (
          <g key={value}>
            <line x1={EDGE.left} x2={width - EDGE.right} y1={y(value)} y2={y(value)} className={css.grid} />
            <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end">
              {share(value)}
            </text>
          </g>
        ))}
        {TICKS.map((value) => (
          <text key={value} x={x(value)} y={HEIGHT - EDGE.bottom + 16} textAnchor="middle">
            {percent(value)}
          </text>
        ))}
        <text x={(width + EDGE.left) / 2} y={HEIGHT - 4} textAnchor="middle">
          {words.chartX}
        </text>
        <line x1={EDGE.left} x2={width - EDGE.right} y1={y(alpha)} y2={y(alpha)} className={css.promise} />
        {used && (
          <line
            x1={x(used.coverage)}
            x2={x(used.coverage)}
            y1={EDGE.top}
            y2={HEIGHT - EDGE.bottom}
            className={css.used}
          />
        )}
        <polyline points={path((point) => point.bound)} className={css.bound} />
        <polyline points={path((point) => point.error)} className={css.error} />
        {shown.map((point) => (
          <circle
            key={point.threshold}
            cx={x(point.coverage)}
            cy={y(point.error)}
            r={3.5}
            className={css.dot}
            data-used={point === used || undefined}
          >
            <title>{`${percent(point.coverage)}: ${percent(point.error, 1)}, ${words.bound} ${percent(point.bound, 1)}`}</title>
          </circle>
        ))}
      </svg>
      <Group gap="md">
        <Key kind="error" name={words.error} />
        <Key kind="bound" name={words.bound} />
        <Key kind="promise" name={words.allowed(alpha)} />
        {used && <Key kind="used" name={words.inUseAbout} />}
      </Group>
      {isTable && <Figures points={shown} used={used} />}
    </Stack>
  );
}

function Key({ kind, name }: { kind: string; name: string }) {
  return (
    <span className={css.key} data-kind={kind}>
      {name}
    </span>
  );
}

function Figures({ points, used }: { points: readonly ErrorPoint[]; used: ErrorPoint | undefined }) {
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table aria-label={words.figures} fz="xs" verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            {words.columns.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.map((point) => (
            <Table.Tr key={point.threshold}>
              <Table.Td>{score(point.threshold, 3)}</Table.Td>
              <Table.Td>{percent(point.coverage, 1)}</Table.Td>
              <Table.Td>{percent(point.error, 1)}</Table.Td>
              <Table.Td>{percent(point.bound, 1)}</Table.Td>
              <Table.Td>{point === used ? words.inUse : ''}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
