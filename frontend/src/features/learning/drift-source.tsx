/** One camera: whether it drifted, each measure then and now, and what to do about it. */
import { Badge, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';

import { mapQueue, stateQuery, type DriftMeasure, type DriftSource } from '@/features/learning/api';
import css from '@/features/learning/drift.module.css';
import { DriftBars } from '@/features/learning/drift-bars';
import {
  figures,
  MEASURE_WORDS,
  nameOf,
  nextStep,
  sentence,
  sideText,
  sourceVerdict,
  type Verdict,
  VERDICT_COLORS,
} from '@/features/learning/drift-words';
import { driftWords as words } from '@/features/learning/strings';
import { TextLink } from '@/components/links';
import { TimeSince } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';

type Props = { projectId: string; source: DriftSource; isOnly: boolean };

export function DriftSourceCard({ projectId, source, isOnly }: Props) {
  const verdict = sourceVerdict(source);
  const [isOpen, setIsOpen] = useState(isOnly || verdict === 'drifting');
  const name = nameOf(source);
  return (
    <Card component="section" aria-label={name}>
      <Stack gap="md">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Title order={3} size="h4">
              {name}
            </Title>
            <VerdictBadge verdict={verdict} />
          </Group>
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-expanded={isOpen}
            aria-label={isOpen ? words.hide(name) : words.show(name)}
            onClick={() => setIsOpen(!isOpen)}
          >
            {isOpen ? 'Hide' : 'Show'}
          </Button>
        </Group>
        {isOpen && <Opened projectId={projectId} source={source} verdict={verdict} />}
      </Stack>
    </Card>
  );
}

function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return (
    <Badge variant="light" color={VERDICT_COLORS[verdict]} tt="none" fw={550}>
      {words.verdict[verdict]}
    </Badge>
  );
}

type OpenedProps = { projectId: string; source: DriftSource; verdict: Verdict };

function Opened({ projectId, source, verdict }: OpenedProps) {
  if (!source.is_full) return <Filling source={source} />;
  return (
    <>
      <Group gap="md">
        <span className={css.key} data-side="reference">
          {words.then}: {sideText(source.reference)}
        </span>
        <span className={css.key} data-side="now" data-verdict={verdict}>
          {words.now}: {sideText(source.now) || count(0)}
        </span>
      </Group>
      <ul className={css.measures}>
        {source.measures.map((row) => (
          <Measure key={row.measure} row={row} source={source} />
        ))}
      </ul>
      {verdict === 'drifting' && <Queue projectId={projectId} source={source} />}
    </>
  );
}

function Filling({ source: { key, reference } }: { source: DriftSource }) {
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm">{words.fills}</Text>
        <Text size="sm" c="dimmed">
          {count(reference.pictures)} of {count(reference.wanted)}
        </Text>
      </Group>
      <Progress
        aria-label={words.fills}
        color="gray"
        value={(100 * reference.pictures) / reference.wanted}
        mb={6}
      />
      <Text size="sm" c="dimmed">
        {words.fillsWhy(reference.wanted - reference.pictures, key !== '')}
      </Text>
    </div>
  );
}

function Measure({ row, source }: { row: DriftMeasure; source: DriftSource }) {
  const next = nextStep(row);
  return (
    <li className={css.measure}>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={550}>
          {MEASURE_WORDS[row.measure]}
        </Text>
        <VerdictBadge verdict={row.verdict} />
      </Group>
      <DriftBars row={row} />
      <Text size="sm">{sentence(row, source)}</Text>
      {next && <Text size="sm">{next}</Text>}
      <Text size="xs" c="dimmed">
        {figures(row)}
      </Text>
      {row.since && (
        <Group gap={4}>
          <Text size="xs" c="dimmed">
            {words.since}
          </Text>
          <TimeSince at={row.since} size="xs" c="dimmed" />
        </Group>
      )}
    </li>
  );
}

/** The newest pictures of a source that drifted, to the head of the queue. */
function Queue({ projectId, source }: { projectId: string; source: DriftSource }) {
  const isScientist = useMay(projectId, 'scientist');
  const queue = useAction({
    run: () => mapQueue(projectId, source.recent),
    makesOld: [stateQuery(projectId).queryKey, ['tasks', projectId], ['assets', projectId]],
    done: ({ queued }) => words.queued(queued),
  });
  if (!isScientist || source.recent.length === 0) return null;
  return (
    <Group gap="sm">
      <Button size="sm" loading={queue.isPending} onClick={() => queue.mutate()}>
        {words.queue}
      </Button>
      <Text size="xs" c="dimmed" flex="1 1 220px">
        {words.queueWhy(source.recent.length)}
      </Text>
      <TextLink to={paths.models(projectId)} size="sm">
        {words.retrain}
      </TextLink>
    </Group>
  );
}
