import { Alert, Badge, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconHandStop } from '@tabler/icons-react';

import { TextLink } from '@/components/links';
import { useMay } from '@/hooks/use-project';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';

import css from './approval.module.css';
import type { Policy, Tally } from './api';
import { ErrorChart } from './error-chart';
import { PolicySteps } from './policy-steps';
import {
  approvalWords as words,
  exampleNote,
  FATE_WORDS,
  progressOf,
  STATE_COLORS,
  tallyNote,
} from './words';

type Props = { projectId: string; policy: Policy };

/** One promise: where it stands in a sentence, its proof, what it did, and what may be done with it. */
export function PolicyCard({ projectId, policy }: Props) {
  const isManager = useMay(projectId, 'manager');
  const isRetired = policy.state === 'retired';
  return (
    <Card component="section" aria-label={policy.name}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="md">
          <div>
            <Group gap="xs">
              <Title order={3} size="h4">
                {policy.name}
              </Title>
              <Badge variant="light" tt="none" color={STATE_COLORS[policy.state]}>
                {words.states[policy.state]}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed" mt={4}>
              {words.promise(policy)}
            </Text>
          </div>
          {isManager && !isRetired && <PolicySteps projectId={projectId} policy={policy} />}
        </Group>
        {policy.state === 'suspended' && <WhyStopped policy={policy} />}
        {policy.taking_back && <Text size="sm">{words.takingBack}</Text>}
        {!isRetired && <Proof policy={policy} />}
        {!isRetired && policy.curve.length > 0 && (
          <ErrorChart points={policy.curve} alpha={policy.alpha} inUse={policy.threshold} />
        )}
        <Did policy={policy} />
        {!isRetired && policy.examples.length > 0 && <Examples projectId={projectId} policy={policy} />}
      </Stack>
    </Card>
  );
}

function WhyStopped({ policy }: { policy: Policy }) {
  const isByHand = policy.cause === 'person';
  return (
    <Alert
      variant="light"
      color={isByHand ? 'gray' : 'yellow'}
      icon={isByHand ? <IconHandStop size={18} stroke={1.6} /> : <IconAlertTriangle size={18} stroke={1.6} />}
      title={words.stopped[policy.cause]}
    >
      {policy.note}
    </Alert>
  );
}

function Proof({ policy }: { policy: Policy }) {
  const far = policy.state === 'collecting' ? progressOf(policy) : null;
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {policy.words}
      </Text>
      {far !== null && <Progress value={far} size="sm" aria-label={words.states.collecting} />}
      <Text size="xs" c="dimmed">
        {words.progress(policy.units, policy.state === 'collecting' ? policy.more : null)}
      </Text>
      {policy.holds_back > 0 && (
        <Text size="xs" c="dimmed">
          {words.holdsBack(policy.holds_back)}
        </Text>
      )}
      {policy.state === 'shadow' && (
        <Text size="xs" c="dimmed">
          {words.activateWhy(policy.audit_rate)}
        </Text>
      )}
    </Stack>
  );
}

function Did({ policy }: { policy: Policy }) {
  const rows: [name: string, tally: Tally][] = [
    [words.would, policy.would],
    [words.approved, policy.approved],
    [words.checks, policy.audits],
  ];
  const shown = rows.filter(([, tally]) => tally.pictures > 0);
  if (shown.length === 0 && policy.taken_back === 0) return null;
  return (
    <dl className={css.figures}>
      {shown.map(([name, tally]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count(tally.pictures)}</dd>
          <dd data-note>{tallyNote(tally, policy.scope)}</dd>
        </div>
      ))}
      {policy.taken_back > 0 && (
        <div>
          <dt>{words.takenBack}</dt>
          <dd>{count(policy.taken_back)}</dd>
        </div>
      )}
    </dl>
  );
}

function Examples({ projectId, policy }: Props) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {words.examples}. {policy.approved.pictures > 0 && words.history}
      </Text>
      <ul className={css.examples} aria-label={words.examples}>
        {policy.examples.map((row) => (
          <Group key={row.task_id} component="li" gap="xs" wrap="nowrap">
            <TextLink to={paths.annotate(projectId, row.task_id)} size="sm" truncate>
              {row.name}
            </TextLink>
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {FATE_WORDS[row.fate]} · {exampleNote(row)}
            </Text>
          </Group>
        ))}
      </ul>
    </div>
  );
}
