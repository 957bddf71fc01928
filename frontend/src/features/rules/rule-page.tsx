import { Alert, Button, Card, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import {
  feedsQuery,
  markingsQuery,
  ruleCreate,
  ruleDelete,
  rulesQuery,
  ruleUpdate,
  type Feed,
  type Rule,
} from '@/features/rules/api';
import { ConditionForm } from '@/features/rules/condition-form';
import { draftOf, emptyDraft, ruleOf, sentence, type Draft } from '@/features/rules/draft';
import css from '@/features/rules/rules.module.css';
import { ruleWords as words } from '@/features/rules/strings';
import { TimingForm } from '@/features/rules/timing-form';
import { TryOut } from '@/features/rules/try-out';
import { ConfirmButton } from '@/components/confirm-button';
import { ButtonLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { CardsSkeleton } from '@/components/skeletons';
import { EmptyState, RefusedState } from '@/components/states';
import { useAction } from '@/hooks/use-action';
import { useOptionalParam, useParam } from '@/hooks/use-param';
import { useMay, useProject } from '@/hooks/use-project';
import { newIdempotencyKey } from '@/lib/api-client';
import { paths } from '@/lib/paths';

export default function RulePage() {
  const projectId = useParam('projectId');
  const ruleId = useOptionalParam('ruleId');
  const rules = useQuery(rulesQuery(projectId));
  const feeds = useQuery(feedsQuery(projectId));
  const project = useProject(projectId);
  const rule = rules.data?.find(({ id }) => id === ruleId);
  if (ruleId && rules.data && !rule) return <RefusedState />;
  const skeleton = <CardsSkeleton count={2} height={180} minWidth={800} />;
  return (
    <PageFrame title={rule?.name ?? words.newRule} narrow>
      <QueryView
        query={feeds}
        skeleton={skeleton}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState title={words.noFeeds} action={<ButtonLink to={paths.live(projectId)}>Live</ButtonLink>}>
            {words.noFeedsWhy}
          </EmptyState>
        }
      >
        {(list) =>
          project.data && rules.data ? (
            <Builder key={ruleId ?? 'new'} projectId={projectId} feeds={list} rule={rule} />
          ) : (
            skeleton
          )
        }
      </QueryView>
    </PageFrame>
  );
}

function Builder({ projectId, feeds, rule }: { projectId: string; feeds: Feed[]; rule: Rule | undefined }) {
  const labels = useProject(projectId).data?.ontology.labels ?? [];
  const isManager = useMay(projectId, 'manager');
  const navigate = useNavigate();
  const [key] = useState(newIdempotencyKey);
  const asked = (useSearch({ strict: false }) as { feed?: string }).feed;
  const first = feeds.find(({ id }) => id === asked) ?? feeds[0];
  const [feedId, setFeedId] = useState(rule?.feed_id ?? first?.id ?? '');
  const people = labels.find(({ name }) => /person|worker|people/i.test(name)) ?? labels[0];
  const [draft, setDraft] = useState<Draft>(() =>
    rule ? draftOf(rule) : emptyDraft(people ? [people.id] : []),
  );
  const set = (to: Partial<Draft>) => setDraft((before) => ({ ...before, ...to }));
  const marks = useQuery(markingsQuery(projectId, feedId)).data ?? [];
  const text = sentence(draft, {
    label: (id) => labels.find((label) => label.id === id)?.name ?? '?',
    mark: (id) => marks.find((mark) => mark.id === id)?.name ?? '?',
  });
  const makesOld = [['rules', projectId]];
  const save = useAction({
    run: () =>
      rule ? ruleUpdate(rule.id, ruleOf(draft), rule.version) : ruleCreate(feedId, ruleOf(draft), key),
    makesOld,
    done: 'Saved. The camera follows it within seconds.',
    onDone: () => void navigate({ to: paths.rules(projectId) }),
    errors: 'inline',
  });
  const remove = useAction({
    run: () => ruleDelete(rule?.id ?? ''),
    makesOld,
    onDone: () => void navigate({ to: paths.rules(projectId) }),
    errors: 'inline',
  });
  const problems = save.error?.fields ?? {};
  return (
    <Stack gap="md">
      {!isManager && <Alert variant="light">{words.look}</Alert>}
      <Card padding="md">
        <Text className={css.sentence} aria-live="polite">
          {text} → <b>{draft.severity}</b>
        </Text>
      </Card>
      <Card padding="md" component="section" aria-label="Condition">
        <Stack gap="sm">
          <Group grow align="flex-start">
            <Select
              label="Camera"
              data={feeds.map(({ id, name }) => ({ value: id, label: name }))}
              value={feedId}
              disabled={rule !== undefined}
              allowDeselect={false}
              onChange={(id) => {
                setFeedId(id ?? '');
                set({ where: 'anywhere', zones: [], line: '' });
              }}
            />
            <TextInput
              label="Name"
              placeholder="No helmet at the dock"
              value={draft.name}
              maxLength={120}
              error={problems['name']}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
          </Group>
          <ConditionForm
            projectId={projectId}
            feedId={feedId}
            draft={draft}
            labels={labels}
            marks={marks}
            problems={problems}
            set={set}
          />
        </Stack>
      </Card>
      <Card padding="md" component="section" aria-label="When and how serious">
        <TimingForm draft={draft} set={set} problems={problems} />
      </Card>
      <TryOut
        projectId={projectId}
        feed={feeds.find(({ id }) => id === feedId)}
        draft={draft}
        isManager={isManager}
      />
      {save.error && (
        <Alert color="red" variant="light" role="alert">
          {save.error.message} {Object.values(problems).join(' ')}
        </Alert>
      )}
      {isManager && (
        <Group justify="space-between">
          {rule ? (
            <ConfirmButton
              variant="subtle"
              color="red"
              title={`Remove ${rule.name}?`}
              losing={words.removeLosing}
              verb="Remove rule"
              onConfirm={() => remove.mutateAsync()}
            >
              Remove rule…
            </ConfirmButton>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <ButtonLink to={paths.rules(projectId)} variant="default">
              Cancel
            </ButtonLink>
            <Button onClick={() => save.mutate()} loading={save.isPending} disabled={!draft.name.trim()}>
              {rule ? 'Save' : 'Put to work'}
            </Button>
          </Group>
        </Group>
      )}
    </Stack>
  );
}
