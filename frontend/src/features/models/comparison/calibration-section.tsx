import { LineChart } from '@mantine/charts';
import { Card, Text } from '@mantine/core';

import { Section } from '@/components/page';
import type { Comparison } from '@/features/models/api';

import type { Names } from './comparison-page';
import { calibrationRows } from './figures';
import { comparisonWords as words } from './strings';

/** The share of right answers by the score they were given. */
export default function CalibrationSection({ comparison, names }: { comparison: Comparison; names: Names }) {
  return (
    <Section title={words.calibrated}>
      <Card>
        <LineChart
          h={260}
          data={calibrationRows(comparison)}
          dataKey="score"
          series={[
            { name: 'honest', label: words.honest, color: 'gray.4' },
            { name: 'candidate', label: names.candidate, color: 'teal' },
            ...(names.production
              ? [{ name: 'production', label: names.production, color: 'gray.6', strokeDasharray: '5 4' }]
              : []),
          ]}
          curveType="linear"
          connectNulls
          withLegend
          xAxisLabel={words.score}
          xAxisProps={{ type: 'number', domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] }}
          yAxisProps={{ domain: [0, 1], width: 44 }}
          valueFormatter={(value) => value.toFixed(2)}
        />
        <Text size="xs" c="dimmed" mt="xs">
          {words.calibratedAbout}
        </Text>
      </Card>
    </Section>
  );
}
