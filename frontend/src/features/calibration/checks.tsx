import { Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import type { Solved } from '@/features/calibration/api';
import type { Draft, Spot, Step } from '@/features/calibration/draft';
import { Row } from '@/features/calibration/row';
import { numberOf, words } from '@/features/calibration/strings';

type FormProps = { open: Spot[]; step: (step: Step) => void; onDone: () => void };
type ListProps = { draft: Draft; floor: Solved | undefined; step: (step: Step) => void };

export function CheckForm({ open, step, onDone }: FormProps) {
  const [metres, setMetres] = useState<number | null>(null);
  const [from, to] = open;
  return (
    <Stack gap={4}>
      <Text size="sm">{words.checkHow}</Text>
      {from && to && (
        <Group gap="xs" align="flex-end">
          <NumberInput
            size="xs"
            label={words.measured}
            min={0.01}
            max={1000}
            hideControls
            value={metres ?? ''}
            onChange={(value) => setMetres(numberOf(value))}
          />
          <Button
            size="xs"
            disabled={!metres}
            onClick={() => {
              if (!metres) return;
              step({ kind: 'check', check: { x1: from.x, y1: from.y, x2: to.x, y2: to.y, metres } });
              setMetres(null);
              onDone();
            }}
          >
            {words.add}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

export function Checks({ draft, floor, step }: ListProps) {
  return draft.checks.map(({ metres }, at) => {
    const said = floor?.checks[at];
    const verdict = !said
      ? ''
      : said.agrees === null
        ? ' – not sure enough to say'
        : said.agrees
          ? ' – agrees'
          : ' – does not agree';
    const band =
      said?.metres != null && said.high_m != null
        ? `${said.metres.toFixed(2)} ± ${(said.high_m - said.metres).toFixed(2)} m`
        : '…';
    return (
      <Row
        key={at}
        name={`Tape ${metres} m, picture ${band}${verdict}`}
        color={said?.agrees === false ? 'red' : undefined}
        onRemove={() => step({ kind: 'uncheck', at })}
      />
    );
  });
}
