import { Button, Card, Group, Progress, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconQuestionMark, IconX } from '@tabler/icons-react';
import { useState } from 'react';

import { gateRun, type Gate, type Model } from '@/features/models/api';
import { gateFigures, signed, type GateFigures } from '@/features/models/figures';
import css from '@/features/models/models.module.css';
import { modelWords as words } from '@/features/models/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { isLive, useJob } from '@/hooks/use-jobs';
import { useMay } from '@/hooks/use-project';
import { count, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

/** The gate's word on this model: passed or not, why, and the figures it rests on. */
export function Verdict({ projectId, model }: { projectId: string; model: Model }) {
  const gate = model.gate;
  return (
    <Section title={words.verdict} actions={<Compare projectId={projectId} model={model} />}>
      <Card>
        {gate ? (
          <Stack gap="md">
            <Word gate={gate} projectId={projectId} />
            <Figures gate={gate} number={model.number} />
          </Stack>
        ) : (
          <Group gap="sm" wrap="nowrap">
            <ThemeIcon variant="light" color="gray" radius="xl" size={34}>
              <IconQuestionMark size={18} />
            </ThemeIcon>
            <Text size="sm">{words.notCompared}</Text>
          </Group>
        )}
      </Card>
    </Section>
  );
}

function Word({ gate, projectId }: { gate: Gate; projectId: string }) {
  const Icon = gate.passed ? IconCheck : IconX;
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon variant="light" color={gate.passed ? 'teal' : 'red'} radius="xl" size={34}>
        <Icon size={18} />
      </ThemeIcon>
      <div>
        <Text fw={600}>{gate.passed ? 'It passes' : 'It does not pass'}</Text>
        <Text size="sm">{gate.reason}</Text>
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            Compared
          </Text>
          <TimeAgo at={gate.created_at} size="xs" c="dimmed" />
          {gate.dataset_version_id && (
            <TextLink to={paths.dataset(projectId, gate.dataset_version_id)} size="xs">
              on this dataset
            </TextLink>
          )}
        </Group>
      </div>
    </Group>
  );
}

function Figures({ gate, number }: { gate: Gate; number: number }) {
  const found = gateFigures(gate);
  const cells: [name: string, value: string, note: string][] = [
    [`Model ${number}`, score(found.candidate.figure, 3), found.measure],
    [
      otherSide(found),
      score(found.production?.figure, 3),
      found.production ? found.measure : 'there was none',
    ],
    [
      'Difference',
      found.difference ? signed(found.difference.value) : '–',
      found.difference
        ? `95\u00a0%: ${signed(found.difference.low)} … ${signed(found.difference.high)}`
        : 'nothing to compare with',
    ],
    ['Measured on', count(found.pictures), 'blind pictures'],
    [
      found.measure === 'IoU' ? 'One answer takes' : 'One picture takes',
      found.candidate.ms === null ? '–' : `${found.candidate.ms.toFixed(0)} ms`,
      'on one core',
    ],
  ];
  return (
    <dl className={css.figures}>
      {cells.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd data-note>{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function otherSide({ isAgainstShipped, productionNumber }: GateFigures): string {
  if (isAgainstShipped) return words.shippedSide;
  return productionNumber === null ? 'Production' : `Production (${productionNumber})`;
}

function Compare({ projectId, model }: { projectId: string; model: Model }) {
  const isScientist = useMay(projectId, 'scientist');
  const [jobId, setJobId] = useState<string | null>(null);
  const { data: job } = useJob(jobId);
  const run = useAction({
    run: () => gateRun(model.id),
    makesOld: [['jobs']],
    onDone: (started) => setJobId(started.id),
  });
  if (!isScientist) return null;
  if (job && isLive(job)) {
    return (
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {job.message || words.comparing}
        </Text>
        <Progress value={job.progress * 100} w={100} size="sm" aria-label={words.comparing} />
      </Group>
    );
  }
  return (
    <Group gap="xs">
      {job?.state === 'failed' && (
        <Text size="sm" c="red">
          {job.error}
        </Text>
      )}
      <Button size="xs" variant="default" loading={run.isPending} onClick={() => run.mutate()}>
        {model.gate ? words.compareAgain : words.compare}
      </Button>
    </Group>
  );
}
