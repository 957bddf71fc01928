import { Card, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';

import { curveQuery } from '@/features/projects/api';
import { projectWords as words } from '@/features/projects/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { capitalised, measureOf, MEASURES } from '@/lib/measures';
import { paths } from '@/lib/paths';

// The plotting library is larger than the rest of the page.
const CurveChart = lazy(() => import('@/features/projects/curve-chart'));

/** Shown once two models were measured: one point is no curve. */
export function LearningCurve({ projectId }: { projectId: string }) {
  const { data = [] } = useQuery(curveQuery(projectId));
  const measured = data
    .map((point) => ({ ...point, value: point.figure }))
    .filter((point) => point.value !== null)
    .sort((a, b) => a.images - b.images);
  // Figures of two kinds make no curve: that of the kind with most of them.
  const points = Object.keys(MEASURES)
    .map((kind) => measured.filter((point) => point.kind === kind))
    .reduce((best, next) => (next.length > best.length ? next : best), []);
  const [first] = points;
  if (!first || points.length < 2) return null;
  const measure = measureOf(first.kind);
  return (
    <Section
      title={words.curve}
      about={words.curveAbout(capitalised(measure))}
      actions={
        <TextLink to={paths.models(projectId)} size="sm">
          All models
        </TextLink>
      }
    >
      <Card>
        <Suspense fallback={<Skeleton height={220} />}>
          <CurveChart points={points} name={measure} />
        </Suspense>
      </Card>
    </Section>
  );
}
