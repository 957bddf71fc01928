import { LineChart } from '@mantine/charts';
import { Card, Select, Text } from '@mantine/core';
import { useState } from 'react';

import { Section } from '@/components/page';
import type { Comparison } from '@/features/models/api';

import type { Names } from './comparison-page';
import { curveRows } from './figures';
import { comparisonWords as words } from './strings';

/** Precision against recall of one class, both models. */
export default function PrecisionSection({ comparison, names }: { comparison: Comparison; names: Names }) {
  const classes = comparison.classes.filter((name) => name in comparison.candidate.curves);
  const [chosen, setChosen] = useState<string | null>(null);
  const name = chosen ?? classes[0] ?? null;
  return (
    <Section
      title={words.curve}
      actions={
        classes.length > 1 && (
          <Select
            size="xs"
            w={160}
            my={-4}
            aria-label={words.curveClass}
            allowDeselect={false}
            data={classes}
            value={name}
            onChange={setChosen}
          />
        )
      }
    >
      <Card>
        {name === null ? (
          <Text size="sm" c="dimmed">
            {words.noCurve}
          </Text>
        ) : (
          <LineChart
            h={260}
            data={curveRows(comparison, name)}
            dataKey="recall"
            series={[
              { name: 'candidate', label: names.candidate, color: 'teal' },
              ...(names.production
                ? [{ name: 'production', label: names.production, color: 'gray.5', strokeDasharray: '5 4' }]
                : []),
            ]}
            curveType="linear"
            connectNulls={false}
            withDots={false}
            withLegend
            xAxisLabel={words.recall}
            xAxisProps={{ type: 'number', domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] }}
            yAxisProps={{ domain: [0, 1], width: 44 }}
            valueFormatter={(value) => value.toFixed(2)}
          />
        )}
        <Text size="xs" c="dimmed" mt="xs">
          {words.curveAbout}
        </Text>
      </Card>
    </Section>
  );
}
