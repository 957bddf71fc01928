import { ActionIcon, Button, Card, Group, Select, Stack, Table, Text, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { memberRemove, memberSet, membersQuery, type ProjectMember } from '@/features/projects/api';
import { QueryView } from '@/components/query-view';
import { RoleSelect } from '@/components/role-select';
import { TableSkeleton } from '@/components/skeletons';
import { useAction } from '@/hooks/use-action';
import { useOrganisationMembers } from '@/hooks/use-organisation-members';
import { useMe } from '@/hooks/use-session';
import { atLeast, type Role } from '@/lib/roles';
import { toastUndo } from '@/lib/toast';
import type { Project } from '@/types/api';

export function ProjectPeople({ project }: { project: Project }) {
  const members = useQuery(membersQuery(project.id));
  const isManager = atLeast(project.my_role, 'manager');
  return (
    <Stack gap="sm" maw={720}>
      <Text size="sm" c="dimmed">
        Roles given here count for this project only. People with a role on the whole organisation or on the
        site have it here too.
      </Text>
      <QueryView query={members} skeleton={<TableSkeleton rows={4} />}>
        {(list) => (
          <>
            {list.length > 0 && <Members project={project} members={list} isManager={isManager} />}
            {isManager && <AddMember project={project} members={list} />}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

type MembersProps = { project: Project; members: ProjectMember[]; isManager: boolean };

function Members({ project, members, isManager }: MembersProps) {
  const me = useMe();
  const makesOld = [['project-members', project.id]];
  const set = useAction({
    run: (input: { userId: string; role: Role }) => memberSet(project.id, input.userId, input.role),
    makesOld,
  });
  const remove = useAction({
    run: (member: ProjectMember) => memberRemove(project.id, member.user_id),
    makesOld,
    onDone: (_, member) =>
      toastUndo(`${member.name} was taken off the project`, () =>
        set.mutateAsync({ userId: member.user_id, role: member.role }),
      ),
  });
  return (
    <Card padding={0}>
      <Table>
        <Table.Tbody>
          {members.map((member) => (
            <Table.Tr key={member.user_id}>
              <Table.Td>
                <Text size="sm" fw={550}>
                  {member.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {member.email}
                </Text>
              </Table.Td>
              <Table.Td w={180}>
                {isManager && member.user_id !== me.id ? (
                  <RoleSelect
                    aria-label={`Role of ${member.name}`}
                    value={member.role}
                    upTo={project.my_role}
                    onChange={(role) => role && set.mutate({ userId: member.user_id, role })}
                  />
                ) : (
                  <Text size="sm">{member.role}</Text>
                )}
              </Table.Td>
              <Table.Td w={48}>
                {isManager && member.user_id !== me.id && (
                  <Tooltip label="Take off the project">
                    <ActionIcon
                      onClick={() => remove.mutate(member)}
                      aria-label={`Take ${member.name} off the project`}
                    >
                      <IconX size={16} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function AddMember({ project, members }: { project: Project; members: ProjectMember[] }) {
  const me = useMe();
  const everybody = useOrganisationMembers(project.organisation_id);
  const [userId, setUserId] = useState<string | null>(null);
  const [role, setRole] = useState<Role>('annotator');
  const add = useAction({
    run: () => memberSet(project.id, userId ?? '', role),
    makesOld: [['project-members', project.id]],
    onDone: () => setUserId(null),
  });
  const present = new Set([me.id, ...members.map((member) => member.user_id)]);
  const candidates = (everybody.data ?? []).filter((member) => !present.has(member.user_id));
  return (
    <Group align="flex-end" wrap="nowrap">
      <Select
        label="Add somebody"
        placeholder={candidates.length ? 'Name' : 'Everybody of the organisation is here'}
        searchable
        flex={1}
        disabled={candidates.length === 0}
        data={candidates.map((member) => ({
          value: member.user_id,
          label: `${member.name} (${member.email})`,
        }))}
        value={userId}
        onChange={setUserId}
      />
      <RoleSelect
        label="Role"
        w={160}
        value={role}
        upTo={project.my_role}
        onChange={(next) => next && setRole(next)}
      />
      <Button disabled={!userId} loading={add.isPending} onClick={() => add.mutate()}>
        Add
      </Button>
    </Group>
  );
}
