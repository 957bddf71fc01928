import { LineChart } from '@mantine/charts';

import type { LearningPoint } from '@/features/models/figures';

export default function LearningChart({ points, measure }: { points: LearningPoint[]; measure: string }) {
  return (
    <LineChart
      h={240}
      data={points}
      dataKey="images"
      series={[{ name: 'figure', label: measure, color: 'teal' }]}
      curveType="linear"
      yAxisProps={{ domain: [0, 1], width: 44 }}
      xAxisProps={{ type: 'number', domain: [0, 'dataMax'] }}
      valueFormatter={(value) => value.toFixed(3)}
      xAxisLabel="pictures learned from"
      withDots
    />
  );
}
