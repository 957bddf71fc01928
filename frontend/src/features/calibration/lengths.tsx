import { Button, Group, NumberInput, Select, Stack } from '@mantine/core';
import { useState } from 'react';

import type { Solved } from '@/features/calibration/api';
import type { Draft, Step } from '@/features/calibration/draft';
import { Row } from '@/features/calibration/row';
import { words } from '@/features/calibration/strings';

type Props = { draft: Draft; floor: Solved | undefined; step: (step: Step) => void };

/** Metres between points, one row a pair. */
export function Lengths({ draft, floor, step }: Props) {
  const [first, setFirst] = useState<string | null>(null);
  const [second, setSecond] = useState<string | null>(null);
  const [metres, setMetres] = useState<number | null>(null);
  const numbers = new Map(draft.points.map(({ id }, row) => [id, row + 1]));
  const data = draft.points.map(({ id }, row) => ({ value: String(id), label: String(row + 1) }));
  const isReady = first !== null && second !== null && first !== second && metres !== null && metres > 0;
  const add = () => {
    if (!isReady) return;
    step({ kind: 'length', length: { first: Number(first), second: Number(second), metres } });
    setMetres(null);
  };
  return (
    <Stack gap={4}>
      {draft.lengths.map((each, at) => {
        const said = floor?.lengths[at]?.metres;
        return (
          <Row
            key={`${each.first}-${each.second}`}
            name={`${numbers.get(each.first)} to ${numbers.get(each.second)}: ${each.metres} m${
              said == null ? '' : `, picture ${said.toFixed(2)} m`
            }`}
            onRemove={() => step({ kind: 'unlength', at })}
          />
        );
      })}
      <Group gap="xs" align="flex-end" grow>
        <Select size="xs" label="From point" data={data} value={first} onChange={setFirst} />
        <Select size="xs" label="To point" data={data} value={second} onChange={setSecond} />
        <NumberInput
          size="xs"
          label={words.measured}
          min={0.01}
          max={1000}
          hideControls
          value={metres ?? ''}
          onChange={(value) => setMetres(typeof value === 'number' ? value : null)}
        />
        <Button size="xs" variant="default" disabled={!isReady} onClick={add}>
          {words.add}
        </Button>
      </Group>
    </Stack>
  );
}
