import { Button, Card, Group, SegmentedControl, Skeleton, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';

import { curveQuery } from '@/features/models/api';
import { learningCsv, learningPoints, signed, type LearningPoint } from '@/features/models/figures';
import { modelWords as words } from '@/features/models/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { measureOf, MEASURES } from '@/lib/measures';
import { count, NONE, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const LearningChart = lazy(() => import('@/features/models/learning-chart'));

type View = 'chart' | 'table';
const KINDS = Object.keys(MEASURES);

/** What more labels brought, as a curve or as a table, with a CSV of the same. */
export function LearningSection({ projectId }: { projectId: string }) {
  const { data = [] } = useQuery(curveQuery(projectId));
  const [view, setView] = useState<View>('chart');
  const byKind = KINDS.map((kind) => ({ kind, points: learningPoints(data, kind) }));
  // Of kinds with as many points, the one named first.
  const { kind, points } = byKind.reduce(
    (best, next) => (next.points.length > best.points.length ? next : best),
    { kind: 'detect', points: [] as LearningPoint[] },
  );
  const csv = `data:text/csv;charset=utf-8,${encodeURIComponent(learningCsv(points))}`;
  if (points.length === 0) return null;
  const isChart = view === 'chart' && points.length > 1;
  return (
    <Section
      title={words.curve}
      about={words.curveAbout}
      actions={
        <>
          <SegmentedControl
            aria-label="Show as"
            size="xs"
            disabled={points.length < 2}
            data={[
              { value: 'chart', label: 'Curve' },
              { value: 'table', label: 'Table' },
            ]}
            value={isChart ? 'chart' : 'table'}
            onChange={(value) => setView(value as View)}
          />
          <Button
            component="a"
            href={csv}
            download="learning-curve.csv"
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} stroke={1.6} />}
          >
            CSV
          </Button>
        </>
      }
    >
      <Card>
        {isChart ? (
          <Suspense fallback={<Skeleton height={240} />}>
            <LearningChart points={points} measure={measureOf(kind)} />
          </Suspense>
        ) : (
          <PointTable projectId={projectId} points={points} />
        )}
        <Group mt="xs">
          <Text size="xs" c="dimmed">
            {points.length > 1 ? words.curveNote : words.curveTooFew}
          </Text>
        </Group>
      </Card>
    </Section>
  );
}

function PointTable({ projectId, points }: { projectId: string; points: LearningPoint[] }) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Model</Table.Th>
          <Table.Th ta="right">Pictures</Table.Th>
          <Table.Th ta="right">Objects</Table.Th>
          <Table.Th ta="right">On blind pictures</Table.Th>
          <Table.Th ta="right">Against production then, 95&nbsp;%</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {points.map((point) => (
          <Table.Tr key={point.model_id}>
            <Table.Td>
              <TextLink to={paths.model(projectId, point.model_id)} size="sm">
                Model {point.number}
              </TextLink>
            </Table.Td>
            <Table.Td ta="right">{count(point.images)}</Table.Td>
            <Table.Td ta="right">{count(point.boxes)}</Table.Td>
            <Table.Td ta="right">{score(point.figure, 3)}</Table.Td>
            <Table.Td ta="right">
              {point.low === null || point.high === null || (point.low === 0 && point.high === 0)
                ? NONE
                : `${signed(point.low)} … ${signed(point.high)}`}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
