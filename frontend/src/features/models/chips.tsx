import { Badge, Text, Tooltip } from '@mantine/core';

import type { Gate, ModelRow } from '@/features/models/api';
import { STATE_COLORS, STATE_WORDS } from '@/features/models/strings';

export function StateChip({ state }: { state: ModelRow['state'] }) {
  return (
    <Badge variant="light" color={STATE_COLORS[state]} tt="none" fw={500}>
      {STATE_WORDS[state]}
    </Badge>
  );
}

/** The gate's word, with its reason on hover. */
export function VerdictChip({ gate }: { gate: Gate | null }) {
  if (!gate) {
    return (
      <Text size="sm" c="dimmed">
        not compared
      </Text>
    );
  }
  return (
    <Tooltip label={gate.reason} multiline maw={360}>
      <Badge variant="light" color={gate.passed ? 'teal' : 'red'} tt="none" fw={500} tabIndex={0}>
        {gate.passed ? 'passes' : 'does not pass'}
      </Badge>
    </Tooltip>
  );
}
