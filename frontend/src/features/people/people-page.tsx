import { Avatar, Button, Card, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';

import { memberUpdate, type Member } from '@/features/people/api';
import { InviteDialog } from '@/features/people/invite-dialog';
import { MemberActions } from '@/features/people/member-actions';
import { peopleWords as words } from '@/features/people/strings';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { RoleSelect } from '@/components/role-select';
import { TableSkeleton } from '@/components/skeletons';
import { StackedTable } from '@/components/stacked-table';
import { RefusedState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { orgMembersKey, useOrganisationMembers } from '@/hooks/use-organisation-members';
import { useMe, useOrganisation } from '@/hooks/use-session';
import { atLeast } from '@/lib/roles';
import type { OrganisationRef } from '@/types/api';

export default function PeoplePage() {
  const organisation = useOrganisation();
  if (!organisation) return <RefusedState />;
  return <People organisation={organisation} />;
}

function People({ organisation }: { organisation: OrganisationRef }) {
  const members = useOrganisationMembers(organisation.id);
  const [isInviting, setInviting] = useState(false);
  const isManager = atLeast(organisation.role, 'manager');
  return (
    <PageFrame
      title={words.title}
      about={`${organisation.name}. ${words.about}`}
      actions={
        isManager && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
            {words.invite}
          </Button>
        )
      }
    >
      <QueryView query={members} skeleton={<TableSkeleton rows={6} height={52} />}>
        {(list) => (
          <>
            <MemberTable members={list} organisation={organisation} isManager={isManager} />
            {list.length === 1 && (
              <Text size="sm" c="dimmed">
                {words.alone}
              </Text>
            )}
          </>
        )}
      </QueryView>
      {isInviting && <InviteDialog organisation={organisation} onClose={() => setInviting(false)} />}
    </PageFrame>
  );
}

type TableProps = { members: Member[]; organisation: OrganisationRef; isManager: boolean };

function MemberTable({ members, organisation, isManager }: TableProps) {
  const me = useMe();
  const update = useAction({
    run: (input: { userId: string; role: Parameters<typeof memberUpdate>[2] }) =>
      memberUpdate(organisation.id, input.userId, input.role),
    makesOld: [orgMembersKey(organisation.id)],
    done: 'Role changed',
  });
  return (
    <Card padding={0}>
      <StackedTable minWidth={720} columns={2} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th w={200}>{words.role}</Table.Th>
            <Table.Th w={136}>{words.since}</Table.Th>
            <Table.Th w={232}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => (
            <Table.Tr key={member.user_id}>
              <Table.Td>
                <Group gap="sm" wrap="nowrap">
                  <Avatar name={member.name} color="initials" size={32} />
                  <div style={{ minWidth: 0 }}>
                    <Text size="sm" fw={550} truncate>
                      {member.name}
                      {member.user_id === me.id && ' (you)'}
                    </Text>
                    <Text size="xs" c="dimmed" truncate>
                      {member.email}
                    </Text>
                  </div>
                </Group>
              </Table.Td>
              <Table.Td data-name={words.role}>
                {isManager && member.user_id !== me.id ? (
                  <RoleSelect
                    aria-label={`Role of ${member.name}`}
                    value={member.role as Parameters<typeof memberUpdate>[2]}
                    upTo={organisation.role}
                    emptyLabel={words.noRole}
                    onChange={(role) => update.mutate({ userId: member.user_id, role })}
                  />
                ) : (
                  <Text size="sm">{member.role || words.noRole}</Text>
                )}
              </Table.Td>
              <Table.Td data-name={words.since}>
                <TimeAgo at={member.since} size="xs" c="dimmed" />
              </Table.Td>
              <Table.Td data-wide>
                {member.user_id !== me.id && <MemberActions member={member} organisation={organisation} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}
