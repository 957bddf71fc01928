/** How far people agree on the same pictures: each figure with a sentence beside it. */
import { Card, SegmentedControl, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';

import { ButtonLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { Total } from '@/components/total';
import { percent, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

import { AgreementTable } from './agreement-tables';
import { AGREEMENT_SPANS, useAgreement, type Agreement as Found, type AgreementSpan } from './api';
import { agreementWords as words } from './strings';

const WeekChart = lazy(() => import('./week-chart'));
/** Fewer weeks make no line. */
const WEEKS_MIN = 2;
const LONGEST: AgreementSpan = '365';

export function Agreement({ projectId }: { projectId: string }) {
  const [days, setDays] = useState<AgreementSpan>('90');
  const agreement = useAgreement(projectId, days);
  const isRefused = agreement.data?.told === false;
  // Too few people in this span may be enough in the longest; where they are not, there is nothing to choose.
  const longest = useAgreement(projectId, LONGEST, isRefused);
  return (
    <Section
      title={words.title}
      about={agreement.data?.told && words.of(agreement.data.pictures, agreement.data.people)}
      actions={
        (!isRefused || longest.data?.told) && (
          <SegmentedControl
            aria-label={words.span}
            size="xs"
            data={AGREEMENT_SPANS.map((span) => ({ value: span, label: words.spans[span] ?? span }))}
            value={days}
            onChange={(span) => setDays(span)}
          />
        )
      }
    >
      <QueryView query={agreement} skeleton={<Skeleton height={260} />}>
        {(data) =>
          data.told ? <Figures data={data} /> : <NotTold projectId={projectId} any={data.comparisons > 0} />
        }
      </QueryView>
    </Section>
  );
}

function NotTold({ projectId, any }: { projectId: string; any: boolean }) {
  return (
    <Card>
      <EmptyState
        title={any ? words.few : words.none}
        action={
          <ButtonLink to={paths.quality(projectId)} search={{ tab: 'truth' }} variant="default">
            {words.toTruth}
          </ButtonLink>
        }
      >
        {any ? words.fewWhy : words.noneWhy}
      </EmptyState>
    </Card>
  );
}

function Figures({ data }: { data: Found }) {
  const [match, overlap, alpha] = data.words;
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Figure name={words.match} value={percent(data.agreed.f1_50)} about={match} />
        <Figure name={words.overlap} value={percent(data.agreed.matched_iou)} about={overlap} />
        <Figure name={words.alpha} value={score(data.alpha)} about={alpha} />
      </SimpleGrid>
      {data.weeks.length >= WEEKS_MIN && (
        <Section title={words.weeks}>
          <Card>
            <Suspense fallback={<Skeleton height={200} />}>
              <WeekChart weeks={data.weeks} />
            </Suspense>
          </Card>
        </Section>
      )}
      <AgreementTable data={data} />
    </Stack>
  );
}

function Figure({ name, value, about }: { name: string; value: string; about: string | undefined }) {
  return (
    <Total name={name} value={value}>
      <Text size="sm" mt={4}>
        {about}
      </Text>
    </Total>
  );
}
