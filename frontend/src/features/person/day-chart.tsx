import { BarChart } from '@mantine/charts';

import type { PersonWork } from './api';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

export default function DayChart({ days }: { days: PersonWork['days'] }) {
  const data = days.map(({ day, pictures }) => ({ day: DAY.format(new Date(`${day}T00:00:00Z`)), pictures }));
  return (
    <BarChart
      h={220}
      data={data}
      dataKey="day"
      series={[{ name: 'pictures', label: 'pictures', color: 'teal' }]}
      yAxisProps={{ width: 36, allowDecimals: false }}
      barProps={{ isAnimationActive: false }}
    />
  );
}
