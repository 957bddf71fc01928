import { Card, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';

import { curveQuery } from '@/features/projects/api';
import { projectWords as words } from '@/features/projects/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { paths } from '@/lib/paths';

// The plotting library is larger than the rest of the page.
const CurveChart = lazy(() => import('@/features/projects/curve-chart'));

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
        <Suspense fallback={<Skeleton height={220} />}>
          <CurveChart points={points} name={isTags ? 'accuracy' : 'AP50'} />
        </Suspense>
      </Card>
    </Section>
  );
}
