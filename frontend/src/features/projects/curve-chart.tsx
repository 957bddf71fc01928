import { LineChart } from '@mantine/charts';

type Props = { points: { images: number; value: number | null }[]; name: string };

export default function CurveChart({ points, name }: Props) {
  return (
    <LineChart
      h={220}
      data={points}
      dataKey="images"
      series={[{ name: 'value', label: name, color: 'teal' }]}
      curveType="linear"
      yAxisProps={{ domain: [0, 1], width: 36 }}
      xAxisProps={{ type: 'number', domain: [0, 'dataMax'] }}
      valueFormatter={(value) => value.toFixed(2)}
      xAxisLabel="approved pictures"
      withDots
    />
  );
}
