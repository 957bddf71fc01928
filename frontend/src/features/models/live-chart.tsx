import { LineChart } from '@mantine/charts';

import type { LivePoint } from '@/features/models/figures';

/** Loss on the left, what it reached on the val part on the right. */
export default function LiveChart({ points, measure }: { points: LivePoint[]; measure: string }) {
  return (
    <LineChart
      h={180}
      data={points}
      dataKey="minutes"
      series={[
        { name: 'loss', label: 'loss', color: 'gray.6' },
        { name: 'figure', label: `${measure} on val`, color: 'teal', yAxisId: 'right' },
      ]}
      withRightYAxis
      withLegend
      withDots={false}
      connectNulls
      curveType="linear"
      strokeWidth={1.6}
      yAxisProps={{ width: 48 }}
      rightYAxisProps={{ domain: [0, 1], width: 48 }}
      xAxisProps={{
        type: 'number',
        domain: [0, 'dataMax'],
        tickFormatter: (minutes: number) => `${minutes.toFixed(1)} min`,
      }}
      valueFormatter={(value) => value.toFixed(3)}
      lineProps={{ isAnimationActive: false }}
    />
  );
}
