import { LineChart, type LineChartSeries } from '@mantine/charts';

import type { Names } from './comparison-page';

type Props = {
  /** `candidate` and `production` by `dataKey`, all of them 0..1; null where a model has none. */
  data: Record<string, number | null>[];
  dataKey: string;
  xLabel: string;
  names: Names;
  /** A line to compare with, under the others. */
  under?: LineChartSeries[];
  productionColor: string;
  connectNulls: boolean;
  withDots: boolean;
};

/** Both models as lines in the unit square. */
export function SidesChart({ names, under = [], productionColor, xLabel, ...chart }: Props) {
  return (
    <LineChart
      h={260}
      series={[
        ...under,
        { name: 'candidate', label: names.candidate, color: 'teal' },
        ...(names.production
          ? [{ name: 'production', label: names.production, color: productionColor, strokeDasharray: '5 4' }]
          : []),
      ]}
      curveType="linear"
      withLegend
      xAxisLabel={xLabel}
      xAxisProps={{ type: 'number', domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] }}
      yAxisProps={{ domain: [0, 1], width: 44 }}
      valueFormatter={(value) => value.toFixed(2)}
      {...chart}
    />
  );
}
