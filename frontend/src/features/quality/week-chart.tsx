import { LineChart } from '@mantine/charts';

import { NBSP } from '@/lib/numbers';

import type { Agreement } from './api';
import { agreementWords as words } from './strings';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

export default function WeekChart({ weeks }: { weeks: Agreement['weeks'] }) {
  const data = weeks.map(({ week, agreed }) => ({
    week: DAY.format(new Date(`${week}T00:00:00Z`)),
    match: agreed.f1_50 === null ? null : Math.round(agreed.f1_50 * 100),
    close: agreed.f1_75 === null ? null : Math.round(agreed.f1_75 * 100),
  }));
  return (
    <LineChart
      h={200}
      data={data}
      dataKey="week"
      withLegend
      curveType="linear"
      unit={`${NBSP}%`}
      series={[
        { name: 'match', label: words.match, color: 'teal' },
        { name: 'close', label: words.close, color: 'blue' },
      ]}
      yAxisProps={{ domain: [0, 100], width: 52 }}
      lineProps={{ isAnimationActive: false }}
    />
  );
}
