/** Defects without examples: what good pictures look like is remembered, and what differs is shown and suggested. */
import { Alert, Button, Card, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconZoomExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import {
  defectsLook,
  defectsQuery,
  defectsSuggest,
  mapQueue,
  stateQuery,
  type DefectFindings,
  type DefectState,
} from '@/features/learning/api';
import { trustOf } from '@/features/learning/heat';
import css from '@/features/learning/learning.module.css';
import { defectWords as words } from '@/features/learning/strings';
import { Suspects } from '@/features/learning/suspects';
import { HowFar, StartButton, useBackground } from '@/components/background';
import { ButtonLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { count, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

export function DefectsTab({ projectId }: { projectId: string }) {
  const state = useQuery(defectsQuery(projectId));
  return (
    <QueryView
      query={state}
      skeleton={<Skeleton height={320} />}
      isEmpty={(data) => data.labels.length === 0}
      empty={
        <Card>
          <EmptyState
            title={words.noLabel}
            icon={IconZoomExclamation}
            action={<ButtonLink to={paths.projectSettings(projectId, 'labels')}>{words.toLabels}</ButtonLink>}
          >
            {words.noLabelWhy}
          </EmptyState>
        </Card>
      }
    >
      {(data) => <Defects projectId={projectId} state={data} />}
    </QueryView>
  );
}

function Defects({ projectId, state }: { projectId: string; state: DefectState }) {
  const isReviewer = useMay(projectId, 'reviewer');
  const [chosen, setChosen] = useState(state.label_id ?? state.labels[0]?.id ?? '');
  const label = state.labels.find((each) => each.id === chosen) ?? state.labels[0];
  const work = useBackground({
    projectId,
    kind: 'learning.defects',
    start: (key) => defectsLook(projectId, label?.id ?? '', key),
    makesOld: defectsQuery(projectId).queryKey,
  });
  const needed = label?.good_needed ?? 0;
  return (
    <Section title={words.title} about={words.about}>
      <Stack gap="md">
        <Group align="end" gap="sm">
          <Select
            label={words.label}
            description={words.labelAbout}
            w={280}
            data={state.labels.map(({ id, name }) => ({ value: id, label: name }))}
            value={label?.id ?? null}
            allowDeselect={false}
            onChange={(value) => value && setChosen(value)}
          />
          {isReviewer && needed === 0 && (
            <StartButton work={work}>{state.findings ? words.again : words.look}</StartButton>
          )}
        </Group>
        {label && (
          <Text size="sm" c={needed > 0 ? undefined : 'dimmed'}>
            {needed > 0 ? words.needs(needed) : words.have(label.good, label.known)}
          </Text>
        )}
        <HowFar work={work} name={words.looking} />
        {state.findings && <Findings projectId={projectId} state={state} findings={state.findings} />}
      </Stack>
    </Section>
  );
}

type FindingsProps = { projectId: string; state: DefectState; findings: DefectFindings };

function Findings({ projectId, state, findings }: FindingsProps) {
  const isScientist = useMay(projectId, 'scientist');
  const { suspects, telling } = findings;
  const trust = trustOf(telling);
  const label = state.labels.find((each) => each.id === state.label_id);
  const suggest = useAction({
    run: () => defectsSuggest(projectId),
    makesOld: [
      ['tasks', projectId],
      ['assets', projectId],
    ],
    done: ({ pictures }) => words.suggested(pictures),
  });
  const queue = useAction({
    run: () =>
      mapQueue(
        projectId,
        suspects.map((each) => each.asset_id),
      ),
    makesOld: [stateQuery(projectId).queryKey, ['tasks', projectId], ['assets', projectId]],
    done: ({ queued }) => words.queued(queued),
  });
  return (
    <Stack gap="md">
      <Card>
        <Stack gap="sm">
          <dl className={css.figures}>
            <Figure name={words.remembered} value={count(findings.remembered)} />
            <Figure name={words.looked} value={count(findings.looked)} />
            <Figure name={words.unlike} value={count(suspects.length)} />
            {telling && (
              <Figure
                name={words.auroc}
                value={`${score(telling.auroc)} [${score(telling.low)} … ${score(telling.high)}]`}
              />
            )}
          </dl>
          <Alert variant="light" color={trust === 'good' ? 'teal' : 'yellow'} py="xs">
            {words.trust[trust]}
            {telling && ` ${words.triedOn(findings.known, findings.aside)}`}
          </Alert>
          <Group gap={4}>
            <Text size="xs" c="dimmed">
              {words.by(findings.encoder === 'model' ? state.model_number : null, label?.name ?? null)}
            </Text>
            {state.made_at && <TimeAgo at={state.made_at} size="xs" c="dimmed" />}
          </Group>
        </Stack>
      </Card>
      {suspects.length === 0 ? (
        <Text size="sm">{findings.looked > 0 ? words.nothing : words.nothingToLookAt}</Text>
      ) : (
        <>
          {isScientist && (
            <Group gap="sm">
              <Button size="sm" loading={queue.isPending} onClick={() => queue.mutate()}>
                {words.queue}
              </Button>
              <Button
                size="sm"
                variant="default"
                loading={suggest.isPending}
                onClick={() => suggest.mutate()}
              >
                {words.suggest(label?.name ?? words.title)}
              </Button>
              <Text size="xs" c="dimmed">
                {words.suggestAbout}
              </Text>
            </Group>
          )}
          <div>
            <Suspects projectId={projectId} suspects={suspects} />
          </div>
        </>
      )}
    </Stack>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dd>{value}</dd>
      <dt>{name}</dt>
    </div>
  );
}
