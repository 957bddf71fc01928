import { Card, SimpleGrid, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';

import { ButtonLink } from '@/components/links';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { comparisonQuery, modelQuery, type Comparison } from '@/features/models/api';
import css from '@/features/models/models.module.css';
import { usePageTitle } from '@/hooks/use-page-title';
import { useParam } from '@/hooks/use-param';
import { toApiError } from '@/lib/api-error';
import { count, percent, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

import own from './comparison.module.css';
import { Confusion } from './confusion';
import { Slices } from './slices';
import { comparisonWords as words } from './strings';

const CalibrationSection = lazy(() => import('./calibration-section'));
const PrecisionSection = lazy(() => import('./precision-section'));

/** A model beside the one in production: where each of them errs, on pictures neither has learned from. */
export default function ComparisonPage() {
  const projectId = useParam('projectId');
  const modelId = useParam('modelId');
  const model = useQuery(modelQuery(projectId, modelId));
  const comparison = useQuery({
    ...comparisonQuery(projectId, modelId),
    retry: (times, error) => toApiError(error).status !== 404 && times < 2,
  });
  const number = model.data?.number ?? null;
  const isNone = comparison.error && toApiError(comparison.error).status === 404 && model.data;
  usePageTitle(number === null ? null : words.title(number, comparison.data?.production_number ?? null));
  if (number === null) return <QueryView query={model} skeleton={<PageSkeleton />} children={() => null} />;
  return (
    <PageFrame
      title={words.title(number, comparison.data?.production_number ?? null)}
      about={comparison.data?.reason}
      actions={
        <ButtonLink to={paths.model(projectId, modelId)} variant="default">
          {words.back}
        </ButtonLink>
      }
    >
      {isNone ? (
        <EmptyState title={words.none}>{words.noneWhy}</EmptyState>
      ) : (
        <QueryView query={comparison} skeleton={<PageSkeleton />}>
          {(data) => <Loaded projectId={projectId} modelId={modelId} number={number} comparison={data} />}
        </QueryView>
      )}
    </PageFrame>
  );
}

type Props = { projectId: string; modelId: string; number: number; comparison: Comparison };

function Loaded({ projectId, modelId, number, comparison }: Props) {
  const names = {
    candidate: `Model ${number}`,
    production: comparison.production ? `Model ${comparison.production_number ?? '–'}` : null,
  };
  return (
    <Stack gap="lg">
      <Figures comparison={comparison} names={names} />
      <div className={own.pair}>
        <Confusion projectId={projectId} modelId={modelId} comparison={comparison} names={names} />
        {comparison.candidate.sizes.length > 0 && <Sizes comparison={comparison} names={names} />}
      </div>
      {hasScores(comparison) && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Suspense fallback={<Skeleton height={360} />}>
            <PrecisionSection comparison={comparison} names={names} />
            <CalibrationSection comparison={comparison} names={names} />
          </Suspense>
        </SimpleGrid>
      )}
      <Slices comparison={comparison} names={names} />
    </Stack>
  );
}

/** A pixel is called what is likeliest there: no threshold, so no curve over one. */
const hasScores = ({ kind }: Comparison): boolean => kind !== 'segment';

export type Names = { candidate: string; production: string | null };
type PartProps = { comparison: Comparison; names: Names };

function Figures({ comparison, names }: PartProps) {
  const { candidate, production, pictures } = comparison;
  const sides = [
    [names.candidate, candidate] as const,
    ...(production && names.production ? [[names.production, production] as const] : []),
  ];
  return (
    <Section title={words.figures}>
      <Card>
        <dl className={`${css.figures} ${css.plain}`}>
          <div>
            <dt>{words.pictures}</dt>
            <dd>{count(pictures)}</dd>
            <dd data-note>{comparison.classes.join(', ')}</dd>
          </div>
          {sides.map(([name, side]) => (
            <div key={name}>
              <dt>
                {words.time} ({name})
              </dt>
              <dd>{side.ms_median.toFixed(1)} ms</dd>
              <dd data-note>95 of 100 under {side.ms_p95.toFixed(1)} ms, on one core</dd>
            </div>
          ))}
          {hasScores(comparison) &&
            sides.map(([name, side]) => (
              <div key={`${name}-scores`}>
                <dt>
                  {words.calibration} ({name})
                </dt>
                <dd>{score(side.calibration_error, 3)}</dd>
                <dd data-note>on average</dd>
              </div>
            ))}
        </dl>
      </Card>
    </Section>
  );
}

function Sizes({ comparison, names }: PartProps) {
  const share = (side: Comparison['production'], name: string) => {
    const row = side?.sizes.find((each) => each.name === name);
    return row && row.of > 0 ? percent(row.found / row.of) : '–';
  };
  return (
    <Section title={words.sizes}>
      <Card>
        <Text size="xs" c="dimmed" mb="xs">
          {words.sizesAbout}
        </Text>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Size</Table.Th>
              <Table.Th ta="right">Objects</Table.Th>
              <Table.Th ta="right">{names.candidate}</Table.Th>
              {names.production && <Table.Th ta="right">{names.production}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {comparison.candidate.sizes.map(({ name, of }) => (
              <Table.Tr key={name}>
                <Table.Td>{words.sizeNames[name] ?? name}</Table.Td>
                <Table.Td ta="right">{count(of)}</Table.Td>
                <Table.Td ta="right">{share(comparison.candidate, name)}</Table.Td>
                {names.production && <Table.Td ta="right">{share(comparison.production, name)}</Table.Td>}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {comparison.candidate.sizes.every(({ of }) => of === 0) && (
          <Text size="sm" c="dimmed">
            {words.noCurve}
          </Text>
        )}
      </Card>
    </Section>
  );
}
