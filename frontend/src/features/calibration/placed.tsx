import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Table,
  Text,
  VisuallyHidden,
} from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';

import type { Solved } from '@/features/calibration/api';
import type { Draft, Spot, Step } from '@/features/calibration/draft';
import { CheckForm, Checks } from '@/features/calibration/checks';
import { Lengths } from '@/features/calibration/lengths';
import type { Mode } from '@/features/calibration/editor';
import { Row } from '@/features/calibration/row';
import { numberOf, words } from '@/features/calibration/strings';

type Props = {
  draft: Draft;
  floor: Solved | undefined;
  mode: Mode;
  open: Spot[];
  active: number | null;
  onActive: (id: number | null) => void;
  step: (step: Step) => void;
  onDone: () => void;
};

/** What was placed, as numbers. */
export function Placed(props: Props) {
  const { draft, step, mode } = props;
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label="What is known"
        value={draft.method}
        onChange={(method) => step({ kind: 'method', method: method as Draft['method'] })}
        data={[
          { value: 'points', label: words.byPoints },
          { value: 'distances', label: words.byDistances },
        ]}
      />
      <Points {...props} />
      {draft.method === 'points' && draft.points.length >= 4 && <Rectangle draft={draft} step={step} />}
      {draft.method === 'distances' && <Lengths draft={draft} floor={props.floor} step={step} />}
      {mode === 'check' && <CheckForm {...props} />}
      <Checks draft={draft} floor={props.floor} step={step} />
      {mode === 'line' && <LineForm {...props} />}
      {draft.lines.map((line, at) => (
        <Row
          key={at}
          name={`Straight line ${at + 1}, ${line.length} clicks`}
          onRemove={() => step({ kind: 'unline', at })}
        />
      ))}
      <Bend draft={draft} floor={props.floor} step={step} />
    </Stack>
  );
}

function Points({ draft, floor, active, onActive, step }: Props) {
  if (draft.points.length === 0) return null;
  const hasMetres = draft.method === 'points';
  return (
    <Table verticalSpacing={2} horizontalSpacing={4} fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={28}>Point</Table.Th>
          <Table.Th>x, m</Table.Th>
          <Table.Th>y, m</Table.Th>
          <Table.Th w={62}>Off, cm</Table.Th>
          <Table.Th w={28}>
            <VisuallyHidden>Remove</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {draft.points.map((point, row) => (
          <Table.Tr
            key={point.id}
            bg={active === point.id ? 'var(--mantine-color-default-hover)' : undefined}
          >
            <Table.Td>{row + 1}</Table.Td>
            {(['xM', 'yM'] as const).map((axis) => (
              <Table.Td key={axis}>
                {hasMetres ? (
                  <NumberInput
                    size="xs"
                    hideControls
                    aria-label={`Point ${row + 1}, ${axis === 'xM' ? 'x' : 'y'} in metres`}
                    min={-1000}
                    max={1000}
                    decimalScale={3}
                    value={point[axis] ?? ''}
                    onFocus={() => onActive(point.id)}
                    onChange={(value) =>
                      step({
                        kind: 'metres',
                        id: point.id,
                        xM: point.xM,
                        yM: point.yM,
                        [axis]: numberOf(value),
                      })
                    }
                  />
                ) : (
                  (floor?.points[row]?.[axis === 'xM' ? 'x_m' : 'y_m']?.toFixed(2) ?? '–')
                )}
              </Table.Td>
            ))}
            <Table.Td>{floor?.points[row]?.error_cm?.toFixed(1) ?? '–'}</Table.Td>
            <Table.Td>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={`Remove point ${row + 1}`}
                onClick={() => step({ kind: 'remove', id: point.id })}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Rectangle({ draft, step }: Pick<Props, 'draft' | 'step'>) {
  const [width, setWidth] = useState<number | null>(null);
  const [depth, setDepth] = useState<number | null>(null);
  const field = (label: string, value: number | null, set: (value: number | null) => void) => (
    <NumberInput
      size="xs"
      label={label}
      min={0.1}
      max={1000}
      hideControls
      value={value ?? ''}
      onChange={(to) => set(numberOf(to))}
    />
  );
  return (
    <Stack gap={4} component="fieldset" style={{ border: 0, padding: 0, margin: 0 }}>
      <Text component="legend" size="sm" fw={500} p={0}>
        {words.rectangle}
      </Text>
      <Text size="xs" c="dimmed">
        {words.rectangleAbout}
      </Text>
      <Group gap="xs" align="flex-end" grow>
        {field(words.width, width, setWidth)}
        {field(words.depth, depth, setDepth)}
        <Button
          size="xs"
          variant="default"
          disabled={!width || !depth}
          onClick={() =>
            width &&
            depth &&
            step({ kind: 'rectangle', ids: draft.points.slice(0, 4).map(({ id }) => id), width, depth })
          }
        >
          {words.apply}
        </Button>
      </Group>
    </Stack>
  );
}

function LineForm({ open, step, onDone }: Props) {
  return (
    <Stack gap={4} align="flex-start">
      <Text size="sm">{words.lineHow}</Text>
      <Button
        size="xs"
        disabled={open.length < 3}
        onClick={() => {
          step({ kind: 'line', line: open });
          onDone();
        }}
      >
        {words.lineDone}
      </Button>
    </Stack>
  );
}

function Bend({ draft, floor, step }: Pick<Props, 'draft' | 'floor' | 'step'>) {
  return (
    <Group gap="md" align="center">
      <Switch
        size="sm"
        label={words.k1Solve}
        checked={draft.k1 === null}
        onChange={(event) => step({ kind: 'k1', k1: event.currentTarget.checked ? null : (floor?.k1 ?? 0) })}
      />
      {draft.k1 !== null && (
        <NumberInput
          size="xs"
          w={90}
          aria-label={words.k1}
          min={-0.6}
          max={0.6}
          step={0.01}
          decimalScale={4}
          value={draft.k1}
          onChange={(value) => step({ kind: 'k1', k1: numberOf(value) ?? 0 })}
        />
      )}
    </Group>
  );
}
