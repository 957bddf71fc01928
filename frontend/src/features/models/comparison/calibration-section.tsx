import { Card, Text } from '@mantine/core';

import { Section } from '@/components/page';
import type { Comparison } from '@/features/models/api';

import type { Names } from './comparison-page';
import { calibrationRows } from './figures';
import { SidesChart } from './sides-chart';
import { comparisonWords as words } from './strings';

/** The share of right answers by the score they were given. */
export default function CalibrationSection({ comparison, names }: { comparison: Comparison; names: Names }) {
  return (
    <Section title={words.calibrated}>
      <Card>
        <SidesChart
          data={calibrationRows(comparison)}
          dataKey="score"
          xLabel={words.score}
          names={names}
          under={[{ name: 'honest', label: words.honest, color: 'gray.4' }]}
          productionColor="gray.6"
          connectNulls
          withDots
        />
        <Text size="xs" c="dimmed" mt="xs">
          {words.calibratedAbout}
        </Text>
      </Card>
    </Section>
  );
}
