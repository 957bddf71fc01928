import { Card, Select, Text } from '@mantine/core';
import { useState } from 'react';

import { Section } from '@/components/page';
import type { Comparison } from '@/features/models/api';

import type { Names } from './comparison-page';
import { curveRows } from './figures';
import { SidesChart } from './sides-chart';
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
          <SidesChart
            data={curveRows(comparison, name)}
            dataKey="recall"
            xLabel={words.recall}
            names={names}
            productionColor="gray.5"
            connectNulls={false}
            withDots={false}
          />
        )}
        <Text size="xs" c="dimmed" mt="xs">
          {words.curveAbout}
        </Text>
      </Card>
    </Section>
  );
}
