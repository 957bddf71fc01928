import { LineChart } from '@mantine/charts';
import { Card } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { curveQuery } from '@/features/projects/api';
import { projectWords as words } from '@/features/projects/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { paths } from '@/lib/paths';

/** Shown once two models were measured: one point is no curve. */
export function LearningCurve({ projectId }: { projectId: string }) {
  const { data = [] } = useQuery(curveQuery(projectId));
  const points = data
    .map((point) => ({ ...point, value: point.ap50 ?? point.accuracy }))
    .filter((point) => point.value !== null)
    .sort((a, b) => a.images - b.images);
  if (points.length < 2) return null;
  const isTags = points.every((point) => point.ap50 === null);
  return (
    <Section
      title={words.curve}
      about={isTags ? words.curveAboutTags : words.curveAbout}
      actions={
        <TextLink to={paths.models(projectId)} size="sm">
          All models
        </TextLink>
      }
    >
      <Card>
        <LineChart
          h={220}
          data={points}
          dataKey="images"
          series={[{ name: 'value', label: isTags ? 'accuracy' : 'AP50', color: 'teal' }]}
          curveType="linear"
          yAxisProps={{ domain: [0, 1], width: 36 }}
          xAxisProps={{ type: 'number', domain: [0, 'dataMax'] }}
          valueFormatter={(value) => value.toFixed(2)}
          xAxisLabel="approved pictures"
          withDots
        />
      </Card>
    </Section>
  );
}
