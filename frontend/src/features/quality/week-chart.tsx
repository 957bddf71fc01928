import { LineChart } from '@mantine/charts';

import { NBSP } from '@/lib/numbers';

import type { Agreement } from './api';
import { agreementWords as words } from './strings';
import { everyWeek } from './weeks';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

const whole = (share: number | null | undefined) => (share == null ? null : Math.round(share * 100));

export default function WeekChart({ weeks }: { weeks: Agreement['weeks'] }) {
  const data = everyWeek(weeks).map(({ week, agreed }) => ({
    week: DAY.format(new Date(`${week}T00:00:00Z`)),
    match: whole(agreed?.f1_50),
    close: whole(agreed?.f1_75),
  }));
  return (
    <LineChart
      h={200}
      data={data}
      dataKey="week"
      withLegend
      legendProps={{ itemSorter: null }}
      curveType="linear"
      // A week in which nothing was compared is a gap.
      connectNulls={false}
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
