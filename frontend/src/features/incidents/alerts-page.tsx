import { Badge, Button, Card, Code, Group, Stack, Switch, Table, Text } from '@mantine/core';
import { IconBell, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import {
  channelDelete,
  channelSecret,
  channelsQuery,
  channelTest,
  channelUpdate,
  deliveriesQuery,
  type Channel,
  type Delivery,
} from '@/features/incidents/api';
import { ChannelDialog } from '@/features/incidents/channel-dialog';
import { incidentWords as words } from '@/features/incidents/strings';
import { ConfirmButton } from '@/components/confirm-button';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { SafetyTabs } from '@/components/safety-tabs';
import { SEVERITY_WORDS } from '@/components/severity-badge';
import { CardsSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { useParam } from '@/hooks/use-param';

const RANKS = [SEVERITY_WORDS.low, SEVERITY_WORDS.medium, SEVERITY_WORDS.high];
const COLORS: Record<Delivery['state'], string> = { waiting: 'blue', sent: 'teal', failed: 'red' };

export default function AlertsPage() {
  const projectId = useParam('projectId');
  const channels = useQuery(channelsQuery(projectId));
  const [isAdding, setAdding] = useState(false);
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {words.addChannel}
    </Button>
  );
  return (
    <PageFrame title={words.alertsTitle} about={words.alertsAbout} actions={channels.data && add}>
      <SafetyTabs projectId={projectId} value="alerts" />
      <QueryView
        query={channels}
        skeleton={<CardsSkeleton count={2} height={120} minWidth={800} />}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState icon={IconBell} title={words.noChannels} action={add}>
            {words.noChannelsWhy}
          </EmptyState>
        }
      >
        {(list) => (
          <Stack gap="md">
            {list.map((channel) => (
              <ChannelCard key={channel.id} projectId={projectId} channel={channel} />
            ))}
          </Stack>
        )}
      </QueryView>
      {isAdding && <ChannelDialog projectId={projectId} onClose={() => setAdding(false)} />}
    </PageFrame>
  );
}

function ChannelCard({ projectId, channel }: { projectId: string; channel: Channel }) {
  const makesOld = [
    ['channels', projectId],
    ['deliveries', channel.id],
  ];
  const enable = useAction({
    run: (enabled: boolean) => channelUpdate(channel.id, { enabled }, channel.version),
    makesOld,
  });
  const test = useAction({ run: () => channelTest(channel.id), makesOld });
  const secret = useAction({ run: () => channelSecret(channel.id) });
  const remove = useAction({ run: () => channelDelete(channel.id), makesOld, errors: 'inline' });
  return (
    <Card component="section" aria-label={channel.name} padding="md">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <Stack gap={2} miw={0}>
            <Group gap="xs">
              <Text fw={600}>{channel.name}</Text>
              <Badge variant="light">{channel.kind === 'email' ? 'E-mail' : 'Webhook'}</Badge>
            </Group>
            <Text size="sm" c="dimmed" truncate>
              {channel.target}
            </Text>
            <Text size="sm">
              {channel.escalations_only ? 'Escalations' : 'Incidents and escalations'} from severity{' '}
              {RANKS[channel.least_rank]?.toLowerCase()} on
            </Text>
          </Stack>
          <Group gap="xs">
            <Switch
              aria-label={`${channel.name} at work`}
              checked={channel.enabled}
              disabled={enable.isPending}
              onChange={(event) => enable.mutate(event.currentTarget.checked)}
            />
            <Button
              size="compact-sm"
              variant="default"
              loading={test.isPending}
              onClick={() => test.mutate()}
            >
              {words.test}
            </Button>
            {channel.kind === 'webhook' && (
              <Button size="compact-sm" variant="default" onClick={() => secret.mutate()}>
                {words.secret}
              </Button>
            )}
            <ConfirmButton
              size="compact-sm"
              title={`Remove ${channel.name}?`}
              losing="Nothing is sent there any more, and its log goes."
              verb="Remove"
              onConfirm={() => remove.mutateAsync()}
            >
              Remove…
            </ConfirmButton>
          </Group>
        </Group>
        {secret.data && (
          <div>
            <Code block>{secret.data.secret}</Code>
            <Text size="xs" c="dimmed" mt={4}>
              {words.secretAbout}
            </Text>
          </div>
        )}
        <Deliveries channel={channel} />
      </Stack>
    </Card>
  );
}

function Deliveries({ channel }: { channel: Channel }) {
  const rows = useQuery(deliveriesQuery(channel.id)).data?.results ?? [];
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.nothingSent}
      </Text>
    );
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table aria-label={`${words.log}: ${channel.name}`}>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>
                <Badge size="sm" variant="light" color={COLORS[row.state]}>
                  {row.state}
                </Badge>
              </Table.Td>
              <Table.Td>
                {row.title}
                {row.problem && (
                  <Text size="xs" c="dimmed">
                    {row.problem}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{row.attempts > 1 && `${row.attempts} tries`}</Table.Td>
              <Table.Td>
                <TimeAgo at={row.created_at} size="xs" c="dimmed" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
