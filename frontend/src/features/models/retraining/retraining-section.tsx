import { Badge, Button, Card, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { retrainingQuery, type RetrainState } from '@/features/models/api';
import { PolicyDialog } from '@/features/models/retraining/policy-dialog';
import {
  policyText,
  REASON_WORDS,
  retrainWords as words,
  TRIGGER_COLORS,
  TRIGGER_WORDS,
} from '@/features/models/retraining/words';
import { KIND_WORDS } from '@/features/models/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { TimeAgo } from '@/components/time';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

type Props = { projectId: string };

/** What a project waits for before it trains by itself, how far that is, and what came of it. */
export function RetrainingSection({ projectId }: Props) {
  const { data: states = [] } = useQuery(retrainingQuery(projectId));
  if (states.length === 0) return null;
  return (
    <Section title={words.title} about={words.about}>
      {states.map((state) => (
        <PolicyCard key={state.policy.kind} projectId={projectId} state={state} />
      ))}
    </Section>
  );
}

function PolicyCard({ projectId, state }: Props & { state: RetrainState }) {
  const isScientist = useMay(projectId, 'scientist');
  const [isOpen, setIsOpen] = useState(false);
  const { policy, outlook, paused, triggers } = state;
  return (
    <Card>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Text size="sm" fw={600}>
              {KIND_WORDS[policy.kind]}
            </Text>
            <Text size="sm" c={policy.enabled ? undefined : 'dimmed'}>
              {policyText(policy)}
            </Text>
          </div>
          {isScientist && (
            <Button
              size="xs"
              variant="default"
              aria-label={`${words.change} ${KIND_WORDS[policy.kind]}`}
              flex="none"
              onClick={() => setIsOpen(true)}
            >
              {words.change}
            </Button>
          )}
        </Group>
        {paused && (
          <Text size="sm" c="dimmed">
            {paused}
          </Text>
        )}
        {outlook.map((row) => (
          <div key={row.reason}>
            <Text size="xs" c="dimmed" mb={2}>
              {REASON_WORDS[row.reason]}: {row.words}
            </Text>
            <Progress value={row.share * 100} size="sm" aria-label={REASON_WORDS[row.reason]} />
          </div>
        ))}
        {triggers.length > 0 && <Triggers projectId={projectId} triggers={triggers} />}
      </Stack>
      {isOpen && <PolicyDialog projectId={projectId} policy={policy} onClose={() => setIsOpen(false)} />}
    </Card>
  );
}

function Triggers({ projectId, triggers }: Props & { triggers: RetrainState['triggers'] }) {
  return (
    <Stack gap={6} component="ul" m={0} p={0} aria-label={words.history} style={{ listStyle: 'none' }}>
      {triggers.map((row) => (
        <Group key={row.id} component="li" gap="xs">
          <Badge variant="light" color={TRIGGER_COLORS[row.state]} tt="none" fw={500}>
            {TRIGGER_WORDS[row.state]}
          </Badge>
          <Text size="sm">{row.words}</Text>
          {row.dataset_version_id && (
            <TextLink to={paths.dataset(projectId, row.dataset_version_id)} size="sm">
              v{row.dataset_number}
            </TextLink>
          )}
          {row.job_id && (
            <TextLink to={paths.job(row.job_id)} size="sm">
              {words.job}
            </TextLink>
          )}
          {row.model_id && (
            <TextLink to={paths.model(projectId, row.model_id)} size="sm">
              Model {row.model_number}
            </TextLink>
          )}
          <TimeAgo at={row.at} size="xs" c="dimmed" />
          {row.error && (
            <Text size="xs" c="red" w="100%">
              {row.error}
            </Text>
          )}
        </Group>
      ))}
    </Stack>
  );
}
