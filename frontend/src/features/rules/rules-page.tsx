import { Badge, Button, Card, Group, Menu, Stack, Switch, Text } from '@mantine/core';
import { IconBellOff, IconPlus, IconShieldCheck, IconVectorTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { feedsQuery, markingsQuery, ruleMute, rulesQuery, ruleUpdate, type Rule } from '@/features/rules/api';
import { draftOf, sentence } from '@/features/rules/draft';
import { MUTES, ruleWords as words } from '@/features/rules/strings';
import { ButtonLink, TextLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { SafetyTabs } from '@/components/safety-tabs';
import { SeverityBadge } from '@/components/severity-badge';
import { CardsSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { useAction } from '@/hooks/use-action';
import { useParam } from '@/hooks/use-param';
import { useMay, useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { exactTime, isPast } from '@/lib/time';

export default function RulesPage() {
  const projectId = useParam('projectId');
  const rules = useQuery(rulesQuery(projectId));
  const feeds = useQuery(feedsQuery(projectId));
  const isManager = useMay(projectId, 'manager');
  const hasFeeds = (feeds.data?.length ?? 0) > 0;
  const add = isManager && hasFeeds && (
    <ButtonLink to={paths.newRule(projectId)} leftSection={<IconPlus size={16} />}>
      {words.newRule}
    </ButtonLink>
  );
  return (
    <PageFrame title={words.title} about={words.about} actions={add}>
      <SafetyTabs projectId={projectId} value="rules" />
      <QueryView
        query={rules}
        skeleton={<CardsSkeleton count={3} height={84} minWidth={900} />}
        isEmpty={(list) => list.length === 0}
        empty={
          feeds.data && !hasFeeds ? (
            <EmptyState
              icon={IconShieldCheck}
              title={words.noFeeds}
              action={<ButtonLink to={paths.live(projectId)}>Live</ButtonLink>}
            >
              {words.noFeedsWhy}
            </EmptyState>
          ) : (
            <EmptyState icon={IconShieldCheck} title={words.none} action={add}>
              {words.noneWhy}
            </EmptyState>
          )
        }
      >
        {(list) => (
          <Stack gap="sm">
            {list.map((rule) => (
              <RuleCard key={rule.id} projectId={projectId} rule={rule} isManager={isManager} />
            ))}
          </Stack>
        )}
      </QueryView>
      {hasFeeds && (
        <Group gap="xs">
          {feeds.data?.map((feed) => (
            <ButtonLink
              key={feed.id}
              to={paths.zones(projectId, feed.id)}
              variant="default"
              size="compact-sm"
              leftSection={<IconVectorTriangle size={14} />}
            >
              {`${words.zones}: ${feed.name}`}
            </ButtonLink>
          ))}
        </Group>
      )}
    </PageFrame>
  );
}

function RuleCard({ projectId, rule, isManager }: { projectId: string; rule: Rule; isManager: boolean }) {
  const labels = useProject(projectId).data?.ontology.labels ?? [];
  const marks = useQuery(markingsQuery(projectId, rule.feed_id)).data ?? [];
  const makesOld = [['rules', projectId]];
  const enable = useAction({ run: (enabled: boolean) => ruleUpdate(rule.id, { enabled }), makesOld });
  const isMuted = rule.muted_until !== null && !isPast(rule.muted_until);
  const text = sentence(draftOf(rule), {
    label: (id) => labels.find((label) => label.id === id)?.name ?? '?',
    mark: (id) => marks.find((mark) => mark.id === id)?.name ?? '?',
  });
  return (
    <Card component="article" aria-label={rule.name} padding="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
        <Stack gap={4} miw={0}>
          <Group gap="xs">
            <SeverityBadge severity={rule.severity} />
            <TextLink to={paths.rule(projectId, rule.id)} fw={600}>
              {rule.name}
            </TextLink>
            <Text size="sm" c="dimmed">
              {rule.feed_name}
            </Text>
            {isMuted && (
              <Badge variant="light" color="gray" leftSection={<IconBellOff size={12} />}>
                {words.muted} until {exactTime(rule.muted_until ?? '')}
              </Badge>
            )}
          </Group>
          <Text size="sm">{text}</Text>
        </Stack>
        <Group gap="xs" wrap="nowrap" flex="none">
          <MuteMenu projectId={projectId} rule={rule} isMuted={isMuted} />
          <Switch
            aria-label={`${rule.name} at work`}
            checked={rule.enabled}
            disabled={!isManager || enable.isPending}
            onChange={(event) => enable.mutate(event.currentTarget.checked)}
          />
        </Group>
      </Group>
    </Card>
  );
}

type MuteProps = { projectId: string; rule: Rule; isMuted: boolean };

function MuteMenu({ projectId, rule, isMuted }: MuteProps) {
  const mayMute = useMay(projectId, 'reviewer');
  const mute = useAction({
    run: (minutes: number) => ruleMute(rule.id, minutes),
    makesOld: [['rules', projectId]],
  });
  if (!mayMute) return null;
  if (isMuted)
    return (
      <Button size="compact-sm" variant="default" onClick={() => mute.mutate(0)}>
        {words.unmute}
      </Button>
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={`${words.mute}… ${rule.name}`}>
          {words.mute}…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {MUTES.map(({ minutes, label }) => (
          <Menu.Item key={minutes} onClick={() => mute.mutate(minutes)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
