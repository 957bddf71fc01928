import { Card, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { approvalQuery, type ApprovalPolicy } from '@/features/projects/api';
import { projectWords as words } from '@/features/projects/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { paths } from '@/lib/paths';

/** How far auto-approval is, a line a promise. Quiet where nothing is promised. */
export function UnlockCard({ projectId }: { projectId: string }) {
  const { data } = useQuery(approvalQuery(projectId));
  const policies = data?.policies.filter(({ state }) => state !== 'retired') ?? [];
  if (policies.length === 0) return null;
  const isCollecting = policies.some(({ state }) => state === 'collecting');
  return (
    <Section
      title={isCollecting ? words.toUnlock : words.autoApproval}
      actions={
        <TextLink to={paths.learning(projectId)} search={{ tab: 'approval' }} size="sm">
          {words.seeApproval}
        </TextLink>
      }
    >
      <Card>
        <Stack gap={6}>
          {policies.map((policy) => (
            <Group key={policy.id} justify="space-between" wrap="nowrap" gap="md">
              <Text size="sm" truncate>
                {policy.name}
              </Text>
              <Text size="sm" fw={policy.state === 'collecting' ? 600 : undefined} ta="right">
                {standing(policy)}
              </Text>
            </Group>
          ))}
        </Stack>
      </Card>
    </Section>
  );
}

function standing({ state, more, tested, fit_wanted }: ApprovalPolicy): string {
  if (state !== 'collecting') return words.approvalStates[state];
  // Before anything is tested the fewest there can be are told.
  if (more !== null) return words.more(more, tested === 0);
  return fit_wanted === null ? words.notCounted : words.outOfReach;
}
