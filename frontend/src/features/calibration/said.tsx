import { Alert, Group, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';

import type { Solved } from '@/features/calibration/api';
import type { Draft } from '@/features/calibration/draft';
import { words } from '@/features/calibration/strings';
import type { ApiError } from '@/lib/api-error';

type Props = { draft: Draft; floor: Solved | undefined; problem: ApiError | null };

/** What the points mean, in one line; what is wrong with them, and what to do. */
export function Said({ draft, floor, problem }: Props) {
  if (problem)
    return (
      <Alert color="red" variant="light" py="xs" role="alert">
        {problem.message}
      </Alert>
    );
  if (!floor)
    return (
      <Text size="sm" c="dimmed" role="status">
        {words.how} {draft.points.length > 0 && `${draft.points.length} placed.`}
      </Text>
    );
  return (
    <div role="status">
      <Group gap="4px 24px">
        <Text size="sm" fw={600}>
          Off by {floor.reprojection_cm.toFixed(1)} cm
        </Text>
        <Text size="sm">
          Bend k1 {floor.k1.toFixed(2).replace('-0.00', '0.00')} ± {(1.96 * floor.k1_sigma).toFixed(2)}
        </Text>
        <Text size="sm">Grid of {floor.grid.step_m} m</Text>
        <Text size="sm" c="dimmed">
          {words.grey}
        </Text>
      </Group>
      {floor.warnings.map((warning) => (
        <Alert
          key={warning}
          color="yellow"
          variant="light"
          py={6}
          mt="xs"
          icon={<IconInfoCircle size={16} />}
        >
          {warning}
        </Alert>
      ))}
    </div>
  );
}
