import { Alert, Button, Card, Group, Progress, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { trialPicture, trialStart, videosQuery, type Feed, type Trial } from '@/features/rules/api';
import { conditionOf, type Draft } from '@/features/rules/draft';
import css from '@/features/rules/rules.module.css';
import { ruleWords as words } from '@/features/rules/strings';
import { Section } from '@/components/page';
import { useAction } from '@/hooks/use-action';
import { isLive, useJob } from '@/hooks/use-jobs';
import { plural } from '@/lib/numbers';
import { duration } from '@/lib/time';

const OWN = 'own';
const RECORDED: Feed['source_kind'][] = ['file', 'folder', 'asset'];
type Props = { projectId: string; feed: Feed | undefined; draft: Draft; isManager: boolean };

/** Runs the rule as it is written now over a clip, and says what it would have opened. */
export function TryOut({ projectId, feed, draft, isManager }: Props) {
  const videos = useQuery(videosQuery(projectId)).data ?? [];
  const hasOwn = feed !== undefined && RECORDED.includes(feed.source_kind);
  const choices = [
    ...(hasOwn ? [{ value: OWN, label: words.tryOwn }] : []),
    ...videos.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const [chosen, setChosen] = useState<string | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJob(jobId).data;
  const value = chosen ?? choices[0]?.value ?? null;
  const start = useAction({
    run: () =>
      trialStart(feed?.id ?? '', {
        condition: conditionOf(draft),
        clear_s: draft.clearS,
        cooldown_s: draft.cooldownS,
        asset_id: value === OWN ? null : value,
      }),
    onDone: ({ id }) => setJobId(id),
    errors: 'inline',
  });
  const runs = start.isPending || (job !== undefined && isLive(job));
  return (
    <Card padding="md">
      <Section title={words.tryTitle}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {words.tryAbout}
          </Text>
          <Group gap="xs" align="flex-end">
            <Select
              aria-label="Footage"
              flex={1}
              maw={360}
              placeholder="No video in this project"
              data={choices}
              value={value}
              onChange={setChosen}
              allowDeselect={false}
            />
            <Button
              variant="default"
              loading={runs}
              disabled={!isManager || !feed || value === null}
              onClick={() => start.mutate()}
            >
              {words.tryRun}
            </Button>
          </Group>
          {start.error && (
            <Alert color="red" variant="light" role="alert">
              {start.error.message} {Object.values(start.error.fields ?? {}).join(' ')}
            </Alert>
          )}
          {job && isLive(job) && (
            <div>
              <Progress value={Math.max(3, job.progress * 100)} aria-label={words.tryTitle} />
              <Text size="xs" c="dimmed" mt={4}>
                {job.message || 'Waiting for its turn'}
              </Text>
            </div>
          )}
          {job?.state === 'failed' && (
            <Alert color="red" variant="light" role="alert">
              {job.error}
            </Alert>
          )}
          {job?.state === 'succeeded' && feed && (
            <Outcome feedId={feed.id} jobId={job.id} trial={job.result as Trial} />
          )}
        </Stack>
      </Section>
    </Card>
  );
}

function Outcome({ feedId, jobId, trial }: { feedId: string; jobId: string; trial: Trial }) {
  const many = trial.incidents.length;
  return (
    <Stack gap="sm" role="status">
      <Text fw={600}>
        {many === 0 ? words.tryNone : `It would have opened ${plural(many, 'incident')}`} in{' '}
        {duration(trial.seconds)}
        {trial.cut && ' (longer clips are cut there)'}.
      </Text>
      <div className={css.trials}>
        {trial.incidents.map((incident, index) => (
          <figure key={index} style={{ margin: 0 }}>
            {incident.picture && (
              <img src={trialPicture(feedId, jobId, index)} alt={`Incident ${index + 1}`} loading="lazy" />
            )}
            <figcaption>
              <Text size="sm">
                {incident.began_s.toFixed(1)}–{incident.ended_s.toFixed(1)} s ·{' '}
                {plural(incident.objects, 'object')}
              </Text>
            </figcaption>
          </figure>
        ))}
      </div>
    </Stack>
  );
}
